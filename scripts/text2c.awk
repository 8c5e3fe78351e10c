# SPDX-License-Identifier: LGPL-2.1-or-later
# Text files -> C strings. What follows a line "## name: X", up to the next one, is the string X; and so is all of the
# files that stand behind a word name=X of the command. What has no name is for whoever reads the file, and for its tools.
function quote(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    return "\t\"" line "\\n\"\n"
}
function begin(word) {
    names[++n] = word
    given = name
}
FNR == 1 && name != given { begin(name) }
/^## name: / {
    begin($3)
    next
}
n { text[n] = text[n] quote($0) }
END {
    print "/* Made by scripts/text2c.awk. */"
    for (i = 1; i <= n; i++)
        printf "static const char %s[] =\n%s\t;\n", names[i], text[i]
}
