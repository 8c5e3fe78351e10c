# Completion for fish; see src/cmd/complete.h for what is asked.

function __buildaudit_complete
	set -l words (commandline -opc)
	set -l begun (commandline -ct)
	set -l found
	for line in ($words[1] __complete $words[2..-1] "$begun" 2>/dev/null)
		switch $line
			case ':files'
				# What is on record comes first.
				test -n "$found"; or __fish_complete_path "$begun"
			case ':command *'
				set -l place (math (string replace ':command ' '' -- $line) + 2)
				if test (count $words) -ge $place
					complete -C (string join ' ' -- (string escape -- $words[$place..-1]) "$begun")
				else
					complete -C "$begun"
				end
			case ':*'
			case '*'
				set found yes
				echo $line
		end
	end
end
complete -c buildaudit -f -a '(__buildaudit_complete)'
