# What scripts/run, test, format and wscat share. Sourced by bash, with `root` set to the project's folder.

die() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# bash, the build and gim itself all read /proc; without it each would fail in a way of its own.
[[ -e /proc/self/fd ]] || die '/proc is not mounted here; mount it first: mount -t proc proc /proc'

# need_packages GROUP...: installs what is missing of these groups of scripts/packages. Asks dpkg once and apt only if
# something is missing, so a second call costs milliseconds.
need_packages() {
    local wanted=() group package command installed missing=()
    while read -r group package command; do
        [[ " $* " == *" $group "* ]] || continue
        [[ -n $command ]] && command -v "$command" >/dev/null && continue
        wanted+=("$package")
    done < <(grep -v -e '^#' -e '^$' "$root/scripts/packages")
    ((${#wanted[@]})) || return 0

    # dpkg-query fails when one of the packages is unknown to it, and still lists the others.
    installed=" $(dpkg-query -W -f '${Package}:${db:Status-Status} ' "${wanted[@]}" 2>/dev/null || true)"
    for package in "${wanted[@]}"; do
        [[ $installed == *" $package:installed "* ]] || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    local as_root=()
    if ((EUID != 0)); then
        as_root=(sudo)
        command -v sudo >/dev/null || die "cannot install ${missing[*]}: neither root nor sudo; install them and try again"
        # Where nobody can type a password, fail instead of waiting for one.
        [[ -t 0 ]] || as_root=(sudo -n)
    fi
    command -v apt-get >/dev/null || die "cannot install ${missing[*]}: apt-get not found (gim builds on Debian 12)"
    printf 'installing %s\n' "${missing[*]}" >&2
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300)
    { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >&2 ||
        die "could not install ${missing[*]}; apt-get says why above"
}

# configure PRESET: runs CMake if this preset was never configured, or with other presets or options.
# GIM_WERROR=ON turns warnings into errors, as CI does.
configure() {
    local dir=$root/build/$1 options=(-D "GIM_WERROR=${GIM_WERROR:-OFF}") stamp
    command -v ccache >/dev/null && options+=(-D CMAKE_CXX_COMPILER_LAUNCHER=ccache)
    stamp="$(cksum <"$root/CMakePresets.json") ${options[*]} $root"
    [[ -f $dir/build.ninja && -f $dir/.configured && $(<"$dir/.configured") == "$stamp" ]] && return
    (cd "$root" && cmake --fresh --preset "$1" "${options[@]}") >&2 || die "CMake could not configure the preset $1"
    printf '%s' "$stamp" >"$dir/.configured"
}

# build PRESET TARGET: says nothing when there is nothing to do; else ninja's progress on stderr.
build() {
    configure "$1"
    local ninja=(ninja -C "$root/build/$1")
    [[ $("${ninja[@]}" -n "$2" 2>&1 | tail -n 1) == *'no work to do.' ]] && return
    "${ninja[@]}" -j "$(nproc)" "$2" >&2 || die "the build of the preset $1 failed"
}

# need_node_modules [FOLDER]: the npm packages of tests/e2e, or of another folder, exactly as its lock file names them.
need_node_modules() {
    local dir=$root/${1:-tests/e2e}
    cmp -s "$dir/package-lock.json" "$dir/node_modules/.installed-lock" && return
    (cd "$dir" && npm ci --no-audit --no-fund --loglevel=error) >&2 || die "npm could not install the packages of $dir"
    cp "$dir/package-lock.json" "$dir/node_modules/.installed-lock"
}
