# SPDX-License-Identifier: LGPL-2.1-or-later
# SQL text -> C. For db/queries.sql (-v kind=queries): enum query and an array of the statements,
# from its "-- name: X" lines; "-- slow: why" marks one that may scan. For the schema steps
# (-v kind=steps): an array with the text of each file, in the order given.
function quote(line) {
    gsub(/\\/, "&&", line)
    gsub(/"/, "\\\"", line)
    return "\t\t\"" line "\\n\"\n"
}
kind == "queries" && /^-- name: / {
    names[++n] = $3
    next
}
kind == "queries" && /^-- slow: / {
    slow[n] = substr($0, 10)
    gsub(/"/, "\\\"", slow[n])
    next
}
kind == "queries" && (/^--/ || /^[ \t]*$/) { next }
kind == "steps" && FNR == 1 { names[++n] = FILENAME }
{
    if (n)
        text[n] = text[n] quote($0)
}
END {
    print "/* Made by scripts/sql2c.awk from db/. */"
    if (kind == "queries") {
        print "#ifdef QUERY_NAMES\nenum query {"
        for (i = 1; i <= n; i++)
            print "\tQ_" names[i] ","
        print "\tQ_COUNT\n};\n#else\nstatic const struct { const char *name, *text, *slow; } queries[] = {"
        for (i = 1; i <= n; i++)
            printf "\t{ \"%s\",\n%s\t\t, %s },\n", names[i], text[i], slow[i] == "" ? "NULL" : "\"" slow[i] "\""
        print "};\n#endif"
    } else {
        print "static const char *const schema_steps[] = {"
        for (i = 1; i <= n; i++)
            printf "%s\t\t,\n", text[i]
        print "};"
    }
}
