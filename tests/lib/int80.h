/* A call by the table of i386, from a program of any width; what it points to is below 4 GB. */
#ifndef INT80_H
#define INT80_H

static long by_int80(long nr, long a, long b, long c, long d, long e, long f)
{
	long r;

	__asm__ volatile("push %%rbp\n\tmov %[f], %%rbp\n\tint $0x80\n\tpop %%rbp"
			 : "=a"(r)
			 : "a"(nr), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e), [f] "r"(f)
			 : "memory", "cc", "r8", "r9", "r10", "r11");
	return (int)r;
}

#endif
