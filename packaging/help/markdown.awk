# The tables of docs/configuration.md: the server's flags, a table for each group. `reloaded` is a list of the long names
# that SIGHUP reads again, with a space before and after each.

# What would mean something in a table of Markdown.
function plain(s) {
    gsub(/[*|<]/, "\\\\&", s)
    return s
}
function code(s) {
    gsub(/\|/, "\\|", s)
    return "`" s "`"
}

# Words for what is so without the flag, if they are none of the values that it takes.
function is_word(s) {
    return (s ~ / / || s ~ /^(none|empty|stderr|nobody)$/) && index("|" value "|", "|" s "|") == 0
}

function on_command() {}
function on_text() {}
function on_group() {
    heading = group
}

function on_flag() {
    if (command != "gim") return
    if (heading != "") {
        print "\n### " heading "\n"
        print "| flag | value | default | meaning | SIGHUP |"
        print "|---|---|---|---|---|"
    }
    heading = ""
    head = ""
    for (i = 1; i <= name_count; ++i) head = head (i == 1 ? "" : ", ") code(names[i])
    default_cell = fallback == "" ? "" : is_word(fallback) ? plain(fallback) : code(fallback)
    effect = index(reloaded, " " names[1] " ") ? "yes" : ""
    printf "| %s | %s | %s | %s | %s |\n", head, value == "" ? "" : code(value), default_cell, plain(text), effect
}
