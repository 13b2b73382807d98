// `afferent docs configuration`: the reference of all configuration keys, as it stands in docs/configuration.md.
#include <fmt/core.h>

#include "agent/config/markdown.h"
#include "tools/cli/catalog.h"
#include "tools/cli/command.h"

namespace afferent::cli {

Command add_docs(CLI::App& parent, const Common& common) {
  CLI::App* app = parent.add_subcommand("docs", "Print a reference page made from this build's own tables");
  auto page = std::make_shared<std::string>();
  app->add_option("PAGE", *page, "configuration")->required()->check(CLI::IsMember({"configuration"}));
  return {app, [page, &common] {  // the parser writes to `page`
            if (common.json) {
              fmt::print(stderr,
                         "afferent docs: the page is Markdown, there is no --json of it; `afferent drivers --json` "
                         "has the options of the drivers\n");
              return 2;
            }
            fmt::print("{}", config::render_markdown(catalog()));
            return 0;
          }};
}

}  // namespace afferent::cli
