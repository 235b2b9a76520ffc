# Completion for zsh.

function quoted(s) {
    gsub(/'/, "'\\''", s)
    return "'" s "'"
}

function on_command() {
    commands[++command_count] = command
    specs[command] = ""
}

function on_group() {}

function on_text() {
    if ((group == "Commands" || group == "Scenarios") && match(line, /^  [a-z][a-z-]*  /)) {
        words[command] = words[command] " " substr(line, 3, RLENGTH - 4)
    }
}

function on_flag() {
    about_it = text
    gsub(/[][\\:]/, "\\\\&", about_it)
    called = value
    gsub(/[][\\:]/, "\\\\&", called)
    if (value ~ /FILE/) action = "_files"
    else if (is_switch || value ~ /^[a-z-]+(\|[a-z-]+)*$/) {
        action = "(" value ")"
        gsub(/\|/, " ", action)
    } else action = " "
    for (i = 1; i <= name_count; ++i) {
        spec = "*" names[i]
        if (is_switch) spec = spec "=-[" about_it "]::" called ":" action
        else if (value != "") spec = spec "=[" about_it "]:" called ":" action
        else spec = spec "[" about_it "]"
        specs[command] = specs[command] "        " quoted(spec) "\n"
    }
}

END {
    print "#compdef gim"
    print "# Completion of gim's command line for zsh."
    print "_gim() {"
    print "    local -a specs"
    print "    local command=gim"
    print "    if (( CURRENT > 2 )); then"
    print "        case $words[2] in"
    for (i = 2; i <= command_count; ++i) print "        " commands[i] ") command=" commands[i] " ;;"
    print "        esac"
    print "    fi"
    print "    case $command in"
    for (i = 1; i <= command_count; ++i) {
        c = commands[i]
        print "    " c ") specs=("
        printf "%s", specs[c]
        if (c == "gim") print "        " quoted("1:command:(" substr(words["gim"], 2) ")")
        if (c == "bench") print "        " quoted("1:scenario:(" substr(words["bench"], 2) ")")
        print "    ) ;;"
    }
    print "    esac"
    print "    if [[ $command != gim ]]; then"
    print "        shift words"
    print "        (( CURRENT-- ))"
    print "    fi"
    print "    _arguments $specs"
    print "}"
    print "_gim \"$@\""
}
