# Completion for fish.

function quoted(s) {
    gsub(/\\/, "\\\\", s)
    gsub(/'/, "\\'", s)
    return "'" s "'"
}

BEGIN {
    print "# Completion of gim's command line for fish."
    print "complete -c gim -f"
}

function on_command() {
    if (command != "gim") others = others " " command
}

function on_group() {}

function on_text() {
    if (group == "Commands") condition = "__fish_is_first_token"
    else if (group == "Scenarios") condition = "__fish_seen_subcommand_from " command
    else return
    if (!match(line, /^  [a-z][a-z-]*  +/)) return
    word = substr(line, 3)
    sub(/ .*/, "", word)
    print "complete -c gim -n " quoted(condition) " -a " word " -d " quoted(substr(line, RLENGTH + 1))
}

function on_flag() {
    rest = ""
    if (value ~ /FILE/) rest = " -r -F"
    else if (!is_switch && value ~ /^[a-z-]+(\|[a-z-]+)*$/) {
        gsub(/\|/, " ", value)
        rest = " -x -a " quoted(value)
    } else if (!is_switch && value != "") rest = " -x"
    for (i = 1; i <= name_count; ++i) {
        name = names[i]
        kind = sub(/^--/, "", name) ? " -l " : " -s "
        sub(/^-/, "", name)
        lines[++line_count] = kind name rest " -d " quoted(text)
        whose[line_count] = command
    }
}

END {
    for (i = 1; i <= line_count; ++i) {
        seen = whose[i] == "gim" ? "not __fish_seen_subcommand_from" others : "__fish_seen_subcommand_from " whose[i]
        print "complete -c gim -n " quoted(seen) lines[i]
    }
}
