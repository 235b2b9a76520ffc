# From ctest's LastTest.log to "N passed, N failed". An entry that says how many cases it ran (doctest, node --test)
# counts as that many, any other as one; an entry that failed without a failed case, as by a crash, counts as one failed.
#
# A case that needs what this machine does not have says "not possible here: ... needs SOMETHING". Such cases are neither
# passed nor failed: lines before the last one say how many there are and what they need. `missing` adds one that no
# test says.

function close_entry() {
    if (!inside) return
    if (!ok && bad == 0) bad = 1
    if (ok && good + bad + apart == 0) good = 1
    passed += good
    failed += bad
    impossible += apart
    inside = 0
}

function note(line) {
    sub(/^.*not possible here: (.* )?needs /, "", line)
    thing = line
    sub(/ \(.*$/, "", thing)
    if (!(thing in needed)) order[++kinds] = thing
    if (length(line) > length(said[thing])) said[thing] = line  # with the reason, if a test knows it
    ++needed[thing]
    ++apart
}

/^[0-9]+\/[0-9]+ Testing: / { close_entry(); inside = 1; good = bad = apart = ok = 0; next }
/^Test Passed\.$/ { ok = 1; next }

# Of a doctest case, which also counts as one that passed; of node --test, which does not count it so.
/^not possible here: .*needs / { note($0); --good; next }
/ # not possible here: needs / { note($0); next }

# [doctest] test cases:  12 |  12 passed | 0 failed | 0 skipped
/^\[doctest\] test cases:/ {
    split($0, part, "|")
    good += part[2]
    bad += part[3]
    next
}

# The summary of node --test, in its two forms: "# pass 12" and, with a sign for the hash, "i pass 12".
/^[^ ]+ pass [0-9]+$/ { good += $3; next }
/^[^ ]+ (fail|cancelled) [0-9]+$/ { bad += $3; next }

END {
    close_entry()
    if (missing != "") {
        order[++kinds] = said[missing] = missing
        needed[missing] = 1
        ++impossible
    }
    for (i = 1; i <= kinds; ++i) printf "not possible here: %d needed %s\n", needed[order[i]], said[order[i]]
    if (impossible) printf "%d not possible here\n", impossible
    printf "%d passed, %d failed\n", passed, failed
}
