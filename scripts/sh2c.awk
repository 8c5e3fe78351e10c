# SPDX-License-Identifier: LGPL-2.1-or-later
# A shell script -> C: what follows a line "## name: X", up to the next one, is the string X. What stands before the
# first is for whoever reads the script, and for shellcheck.
function quote(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    return "\t\"" line "\\n\"\n"
}
/^## name: / {
    names[++n] = $3
    next
}
n { text[n] = text[n] quote($0) }
END {
    print "/* Made by scripts/sh2c.awk. */"
    for (i = 1; i <= n; i++)
        printf "static const char %s[] =\n%s\t;\n", names[i], text[i]
}
