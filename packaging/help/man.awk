# The man page gim(1).

function plain(s) {
    gsub(/\\/, "\\e", s)
    gsub(/-/, "\\-", s)
    if (s ~ /^[.']/) s = "\\&" s
    return s
}

function end_lines() {
    if (in_lines) print ".fi"
    in_lines = empty_lines = 0
}

BEGIN {
    print ".TH GIM 1 \"\" \"gim " version "\" \"User Commands\""
    print ".SH NAME"
    print "gim \\- in\\-memory push server for game lobbies and chatrooms"
}

function on_command() {
    end_lines()
    title = command == "gim" ? "SYNOPSIS" : "gim " command
    print ".SH \"" plain(toupper(title)) "\""
    if (command != "gim") print plain(about) "."
}

function on_group() {
    end_lines()
    if (group == "Commands") {
        print ".SH COMMANDS"
        return
    }
    if (command == "gim" && !flags_began++) print ".SH FLAGS"
    print ".SS \"" plain(group) "\""
}

# As it is, without empty lines at begin and end.
function on_text() {
    if (line == "") {
        empty_lines += in_lines
        return
    }
    if (!in_lines) {
        print ".PP\n.nf"
        in_lines = 1
    }
    for (; empty_lines > 0; --empty_lines) print ""
    sub(/^Usage: /, "", line)
    sub(/^       gim /, "gim ", line)
    print plain(line)
}

function on_flag() {
    end_lines()
    head = ""
    for (i = 1; i <= name_count; ++i) head = head (i == 1 ? "" : ", ") "\\fB" plain(names[i]) "\\fR"
    if (is_switch) head = head "[=\\fItrue\\fR|\\fIfalse\\fR]"
    else if (value != "") head = head " \\fI" plain(value) "\\fR"
    print ".TP\n" head "\n" plain(text) "."
    if (fallback != "") print ".br\nDefault: " plain(fallback) (variable == "" ? "" : ". Environment: " variable)
}

END {
    end_lines()
    print ".SH SIGNALS"
    print ".TP\n\\fBSIGTERM\\fR, \\fBSIGINT\\fR\nDrain, and end with 0. A second one: end now."
    print ".TP\n\\fBSIGHUP\\fR\nRead again what can change while it serves, and open the file of the log again."
    print ".TP\n\\fBSIGUSR2\\fR\nStart the binary anew, give it the sockets, and drain when it serves. See \\fBgim reload\\-binary\\fR."
    print ".SH EXIT STATUS"
    print ".TP\n0\nIt was told to stop, or has done what it was asked for."
    print ".TP\n1\nIt cannot start or go on, which one line on stderr explains."
    print ".TP\n2\nA flag is wrong."
    print ".SH FILES"
    print ".TP\n/etc/gim/gim.conf\nFlags, one a line by their long names, of the service of the Debian package."
    print ".TP\n/etc/gim/gim.env\nIts environment, for secrets: only root need be able to read it. It is not there unless you make it."
}
