#include "gim/flag_sources.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

namespace gim::cmd {

namespace {

class help_format : public CLI::Formatter {
public:
    explicit help_format(std::string usage) : usage_(std::move(usage)) {}

    std::string make_option(const CLI::Option* option, bool) const override {
        std::string text = "  " + option->get_name(false, true);
        if (!option->get_type_name().empty()) {
            text += (option->get_items_expected_max() == 0 ? "" : " ") + option->get_type_name();
        }
        return text + "\n      " + option->get_description() + "\n";
    }

    std::string make_group(
        std::string group,
        bool is_positional,
        std::vector<const CLI::Option*> options
    ) const override {
        // CLI11 puts two empty lines between groups; one is enough.
        return CLI::Formatter::make_group(group, is_positional, options).substr(1);
    }

    std::string make_usage(const CLI::App*, std::string) const override { return usage_; }

private:
    const std::string usage_;
};

std::string describe(const flag& f, flag_help kind) {
    std::string text = f.help + "\n      [default: " + f.default_text + "]";
    if (kind == flag_help::with_environment) {
        text += " [env: " + f.environment_name() + "]";
    }
    return text;
}

void add(const flag& f, const std::string& text, values& to) {
    auto& all = to[&f];
    if (f.often == repeated::last_counts) {
        all.clear();
    }
    all.push_back(text);
}

}  // namespace

exit_now usage_error(const std::string& what) {
    std::string line = "gim: " + what;
    std::replace(line.begin(), line.end(), '\n', ' ');
    return {2, "", line + "\n"};
}

std::variant<arguments, exit_now> from_arguments(
    const std::vector<flag>& flags,
    const command_help& help,
    flag_help kind,
    const std::vector<std::string>& words
) {
    CLI::App app(help.about, "gim");
    app.formatter(std::make_shared<help_format>(help.usage));
    app.set_help_flag();
    std::map<const flag*, CLI::Option*> options;
    for (const flag& f : flags) {
        CLI::Option* option = nullptr;
        if (f.value.empty()) {
            option = app.add_flag(f.names)->type_name("[=true|false]");
        } else {
            option = app.add_option(f.names)->expected(1)->type_name(f.value);
        }
        if (f.often == repeated::all_count) {
            option->take_all()->allow_extra_args(false);
        } else {
            option->take_last();
        }
        option->group(f.group)->description(describe(f, kind));
        options[&f] = option;
    }
    app.set_version_flag("-v,--version", "gim " GIM_VERSION, "Print the version")->group("Other");
    app.set_help_flag("-h,--help", "Print this help")->group("Other");
    app.footer(help.footer);
    app.allow_extras();
    try {
        // CLI11 takes them from the back.
        app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    } catch (const CLI::CallForHelp&) {
        return exit_now{0, app.help(), ""};
    } catch (const CLI::CallForVersion& version) {
        return exit_now{0, version.what() + std::string("\n"), ""};
    } catch (const CLI::ArgumentMismatch& e) {
        const std::string_view what = e.what();  // "--ws: 1 required ADDRESS missing"
        return usage_error(std::string(what.substr(0, what.find(':'))) + ": needs a value");
    } catch (const CLI::ParseError& e) {
        return usage_error(e.what());
    }
    arguments out;
    out.rest = app.remaining();
    for (const auto& [f, option] : options) {
        for (const auto& text : option->results()) {
            add(*f, text, out.given);
        }
    }
    return out;
}

values from_environment(const std::vector<flag>& flags, const environment& env) {
    values given;
    for (const flag& f : flags) {
        if (const char* text = env(f.environment_name().c_str())) {
            if (f.often == repeated::last_counts) {
                add(f, text, given);
                continue;
            }
            std::istringstream words(text);
            for (std::string word; words >> word;) {
                add(f, word, given);
            }
        }
    }
    return given;
}

std::variant<values, exit_now>
from_file(const std::vector<flag>& flags, const std::string& path, const std::string& flag_name) {
    // CLI11's own format, but a value is always one text: "[::1]:8080" is no list.
    CLI::ConfigBase format;
    format.arrayBounds('\x01', '\x02')->arrayDelimiter('\x03');
    std::vector<CLI::ConfigItem> items;
    std::error_code ignored;
    try {
        if (std::filesystem::is_directory(path, ignored)) {
            throw CLI::FileError::Missing(path);
        }
        items = format.from_file(path);
    } catch (const CLI::Error&) {
        return usage_error(flag_name + ": must be a file that can be read, got " + quoted(path));
    }
    values given;
    for (const CLI::ConfigItem& item : items) {
        // "++" and "--" stand for the begin and end of a section, which we have none of.
        const bool is_section = item.name == "++" || item.name == "--";
        const std::string key = is_section ? item.parents.front() : item.fullname();
        const auto f = std::find_if(flags.begin(), flags.end(), [&](const flag& candidate) {
            return item.parents.empty() && candidate.set && candidate.has_name(key);
        });
        if (f == flags.end()) {
            return usage_error(flag_name + ": unknown key " + quoted(key) + " in " + quoted(path));
        }
        // Lines of one name that follow each other are one item.
        for (const auto& text : item.inputs) {
            add(*f, text, given);
        }
        if (item.inputs.empty()) {
            add(*f, "", given);
        }
    }
    return given;
}

std::optional<exit_now> set_from_arguments(
    const std::string& command,
    const std::vector<flag>& flags,
    const command_help& help,
    const std::vector<std::string>& words
) {
    auto parsed = from_arguments(flags, help, flag_help::plain, words);
    if (auto* exit = std::get_if<exit_now>(&parsed)) {
        return std::move(*exit);
    }
    const auto& [given, rest] = std::get<arguments>(parsed);
    if (!rest.empty()) {
        return usage_error(
            command + ": unknown flag " + quoted(rest.front()) + ", see gim " + command + " --help"
        );
    }
    for (const flag& f : flags) {
        const auto texts = given.find(&f);
        if (texts == given.end()) {
            continue;
        }
        for (const auto& text : texts->second) {
            if (const problem bad = f.set(text)) {
                return usage_error(f.name() + ": " + *bad);
            }
        }
    }
    return std::nullopt;
}

}  // namespace gim::cmd
