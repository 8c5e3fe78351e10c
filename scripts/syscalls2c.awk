# SPDX-License-Identifier: LGPL-2.1-or-later
# syscalls.tbl -> one array of struct syscall for each ABI, indexed by number.
/^#/ || NF == 0 { next }
{
    action = toupper($4)
    args = ""
    for (i = 5; i <= NF; i++)
        args = args (i > 5 ? ", " : "") "ARG_" toupper($i)
    row = "{ \"" $1 "\", CALL_" action ", { " (args == "" ? "ARG_NONE" : args) " } },"
    if ($2 != "-")
        x86_64 = x86_64 "\t[" $2 "] = " row "\n"
    if ($3 != "-")
        i386 = i386 "\t[" $3 "] = " row "\n"
}
END {
    print "/* Made by scripts/syscalls2c.awk from src/decode/syscalls.tbl. */"
    printf "static const struct syscall syscalls_x86_64[] = {\n%s};\n", x86_64
    printf "static const struct syscall syscalls_i386[] = {\n%s};\n", i386
}
