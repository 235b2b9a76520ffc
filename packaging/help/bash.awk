# Completion for bash.

function on_command() {
    commands[++command_count] = command
}

function on_group() {}

function on_text() {
    if ((group == "Commands" || group == "Scenarios") && match(line, /^  [a-z][a-z-]*  /)) {
        words[command] = words[command] " " substr(line, 3, RLENGTH - 4)
    }
}

function on_flag() {
    pattern = ""
    for (i = 1; i <= name_count; ++i) {
        flags[command] = flags[command] " " names[i]
        pattern = pattern (i == 1 ? "" : " | ") "'" command " " names[i] "'"
    }
    if (is_switch) action = "[[ $equals ]] && words='true false'"
    else if (value ~ /FILE/) action = "mapfile -t COMPREPLY < <(compgen -f -- \"$current\") && return"
    else if (value ~ /^[a-z-]+(\|[a-z-]+)*$/) {
        gsub(/\|/, " ", value)
        action = "words='" value "'"
    } else if (value != "") action = "return"
    else return
    cases = cases "    " pattern ") " action " ;;\n"
}

END {
    print "# Completion of gim's command line for bash."
    print "_gim() {"
    print "    local command=gim current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} equals='' words=''"
    print "    COMPREPLY=()"
    print "    compopt -o filenames 2>/dev/null"
    print "    if ((COMP_CWORD > 1)); then"
    print "        case ${COMP_WORDS[1]} in"
    for (i = 2; i <= command_count; ++i) print "        " commands[i] ") command=" commands[i] " ;;"
    print "        esac"
    print "    fi"
    print "    # --flag=value is three words for bash."
    print "    if [[ $current == = ]]; then"
    print "        equals=yes current=''"
    print "    elif [[ $before == = ]]; then"
    print "        equals=yes before=${COMP_WORDS[COMP_CWORD - 2]}"
    print "    fi"
    print "    case \"$command $before\" in"
    printf "%s", cases
    print "    esac"
    print "    if [[ ! $words && ! $equals ]]; then"
    print "        case $command in"
    for (i = 1; i <= command_count; ++i) print "        " commands[i] ") words='" substr(flags[commands[i]], 2) "' ;;"
    print "        esac"
    print "        case $COMP_CWORD:$command in"
    print "        1:*) words+='" words["gim"] "' ;;"
    print "        2:bench) words+='" words["bench"] "' ;;"
    print "        esac"
    print "    fi"
    print "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")"
    print "}"
    print "complete -F _gim gim"
}
