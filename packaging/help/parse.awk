# Reads what `gim --help`, `gim bench --help` and so on print, each from a file that is called as the command. For what it
# finds it calls functions of the program beside it:
#
#   on_command()  `command` begins: gim, bench, token ...; `about` is its first line
#   on_group()    `group` begins: of flags, or a list such as that of the commands
#   on_text()     `line`: of such a list, or in front of the flags or behind them
#   on_flag()     a flag: names[1] to names[name_count], `value` is how its value is called (of a switch: true|false, and
#                 is_switch is 1), `text` what it is for, `fallback` its default, `variable` of the environment

function end_flag() {
    if (!inside) return
    inside = 0
    sub(/, here [^,]*$/, "", fallback)  # what is true of this machine only
    on_flag()
    if (names[name_count] == "--help") behind = 1
}

FNR == 1 {
    end_flag()
    command = FILENAME
    sub(/.*\//, "", command)
    about = $0
    group = ""
    behind = 0
    on_command()
    next
}

!behind && /^  -/ {
    end_flag()
    inside = 1
    is_switch = 0
    value = text = fallback = variable = ""
    line = substr($0, 3)
    if (sub(/\[=true\|false\]$/, "", line)) {
        is_switch = 1
        value = "true|false"
    } else if (match(line, / /)) {
        value = substr(line, RSTART + 1)
        line = substr(line, 1, RSTART - 1)
    }
    name_count = split(line, names, ",")
    next
}

inside && /^      \[default: / {
    fallback = substr($0, 17)
    if (match(fallback, /\] \[env: [A-Z0-9_]+\]$/)) {
        variable = substr(fallback, RSTART + 8, RLENGTH - 9)
        fallback = substr(fallback, 1, RSTART - 1)
    } else {
        sub(/\]$/, "", fallback)
    }
    next
}

inside && /^      / {
    text = text (text == "" ? "" : " ") substr($0, 7)
    next
}

{ end_flag() }

!behind && /^[A-Z][^:]*:$/ {
    group = substr($0, 1, length($0) - 1)
    on_group()
    next
}

{
    line = $0
    on_text()
}

END { end_flag() }
