#include "agent/config/board.h"

#include <utility>

#include "agent/config/check.h"
#include "agent/config/fields.h"
#include "agent/config/files.h"
#include "agent/config/names.h"
#include "agent/config/parse.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

Board read_board(const std::string& path, Problems& problems) {
  Board board;
  board.known = true;
  Parsed parsed = read(path);
  if (!parsed.node) {
    problems.push_back(std::move(parsed.problem));
    return board;
  }
  core::ConfigNode checked;
  for (Problem& problem : check(*parsed.node, board_fields(), checked)) problems.push_back(std::move(problem));
  for (const core::ConfigNode& port : checked["port"].list()) {
    const BoardLine line{resolved(std::string(port["path"].text()), path), port["rs485"].boolean()};
    if (!board.lines.emplace(std::string(port["alias"].text()), line).second) {
      add(problems, port.source(), "port.alias", in_quotes(port["alias"].text()) + " is given twice");
    }
  }
  for (const core::ConfigNode& gpio : checked["gpio"].list()) {
    const BoardGpio line{resolved(std::string(gpio["chip"].text()), path),
                         static_cast<std::uint32_t>(gpio["line"].integer())};
    if (!board.gpio.emplace(std::string(gpio["alias"].text()), line).second) {
      add(problems, gpio.source(), "gpio.alias", in_quotes(gpio["alias"].text()) + " is given twice");
    }
  }
  return board;
}

std::string file_of(const std::string& place, const std::string& name) {
  return place + "/boards/" + name + "/board.toml";
}

}  // namespace

Board load_board(const std::string& name, std::span<const std::string> places, const core::Source& asked,
                 Problems& problems) {
  std::vector<std::string> known;
  for (const std::string& place : places) {
    const std::string path = file_of(place, name);
    if (is_id(name) && is_file(path)) return read_board(path, problems);
    const std::vector<std::string> here = folders_in(place + "/boards");
    known.insert(known.end(), here.begin(), here.end());
  }
  if (!known.empty() || asked.line != 0) {
    add(problems, asked, "node.board",
        "there is no board " + in_quotes(name) + hint(name, Names(known.begin(), known.end())));
  }
  return {};
}

}  // namespace afferent::config
