// The runs of a database, from C++.
//
//   c++ runs.cc $(pkg-config --cflags --libs buildaudit) -o runs
//   ./runs DATABASE
#include <buildaudit.h>
#include <iostream>
#include <memory>

struct Close {
	void operator()(ba *b) const { ba_close(b); }
	void operator()(ba_rows *r) const { ba_rows_free(r); }
};

int main(int argc, char **argv)
{
	char words[BA_WORDS];
	ba *b;
	ba_rows *r;

	if (argc != 2 || ba_open(&b, argv[1], BA_READ, words) < 0) {
		std::cerr << "runs: " << (argc == 2 ? words : "usage: runs DATABASE") << '\n';
		return 125;
	}
	std::unique_ptr<ba, Close> database(b);
	if (ba_runs(b, &r) < 0) {
		std::cerr << "runs: " << ba_error(b) << '\n';
		return 125;
	}
	std::unique_ptr<ba_rows, Close> rows(r);
	while (ba_rows_next(r) > 0)
		std::cout << ba_rows_int(r, ba_rows_column(r, "run_id")) << ' '
			  << ba_rows_text(r, ba_rows_column(r, "argv"), nullptr) << '\n';
}
