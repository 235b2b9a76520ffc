# From ctest's LastTest.log to "N passed, N failed". An entry that says how many cases it ran (doctest, node --test)
# counts as that many, any other as one; an entry that failed without a failed case, as by a crash, counts as one failed.

function close_entry() {
    if (!inside) return
    if (!ok && bad == 0) bad = 1
    if (ok && good + bad == 0) good = 1
    passed += good
    failed += bad
    inside = 0
}

/^[0-9]+\/[0-9]+ Testing: / { close_entry(); inside = 1; good = bad = ok = 0; next }
/^Test Passed\.$/ { ok = 1; next }

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

END { close_entry(); printf "%d passed, %d failed\n", passed, failed }
