# Completion for bash; see src/cmd/complete.h for what is asked.

# The words, where "=" and "@" part none: COMP_WORDBREAKS would have them do.
_buildaudit_words() {
	local i word
	words=() starts=()
	for ((i = 0; i <= COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if ((i > 0)) && [[ $glue || $word == [=@:]* ]]; then
			words[-1]+=$word
		else
			words+=("$word") starts+=("$i")
		fi
		glue=
		[[ $word != [=@:] ]] || glue=1
	done
}

_buildaudit() {
	local words starts glue= line begun head more place
	_buildaudit_words
	begun=${words[-1]}
	# What stands before the last part of it is on the line already.
	head=${begun%"${begun##*[=@:]}"}
	COMPREPLY=()
	while IFS= read -r line; do
		if [[ $line == :* ]]; then
			more=${line#:}
		else
			line=${line%%$'\t'*}
			COMPREPLY+=("$(printf %q "${line#"$head"}")")
		fi
	done < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
	case $more in
	files)
		# What is on record comes first.
		((${#COMPREPLY[@]})) || while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -f -- "${begun#"$head"}") ;;
	'command '*)
		place=$((${more#command } + 1))
		if declare -F _command_offset >/dev/null && ((${#words[@]} - 1 > place)); then
			_command_offset "${starts[place]}"
			return
		fi
		while IFS= read -r line; do
			COMPREPLY+=("$line")
		done < <(compgen -c -- "$begun"; compgen -f -- "$begun") ;;
	esac
	# "--format=" is gone on with, and so is a folder.
	[[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[=/] ]] || compopt -o nospace
}
complete -F _buildaudit buildaudit
