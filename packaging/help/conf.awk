# The sample of a file of flags. Each default that can be written so is a line to be used.

# Words for what is so without the flag.
function is_value(s) {
    return s !~ / / && s != "none" && s != "empty" && s != "stderr"
}

BEGIN {
    print "# Flags of gim, one a line, by their long names. These are the defaults: take the # away and write what you want."
    print "# Lines with ## have no default that could stand there. gim check-config --config=THIS_FILE says whether all is right."
    print "#"
    print "# Everybody on this machine can read this file. The service takes secrets from /etc/gim/gim.env, which only root need be"
    print "# able to read: GIM_TOKEN_SECRET=..., GIM_API_KEY=NAME=SECRET, GIM_METRICS_KEY=NAME=SECRET."
}

function on_command() {}
function on_text() {}
function on_group() {
    heading = group
}

function on_flag() {
    if (command != "gim" || variable == "" || names[1] == "--config") return
    if (heading != "") print "\n\n# ==== " heading " ===="
    heading = ""
    print "\n# " text
    name = substr(names[1], 3)
    if (is_value(fallback)) print "#" name "=" fallback
    else print "# Default: " fallback "\n##" name "=" value
}
