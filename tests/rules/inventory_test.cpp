// The file of registered cylinders: what is read, and how mistakes in it are told.
#include "agent/rules/inventory.h"

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;
using rules::Inventory;

namespace {

// "2: made '...' must be ...", one a line.
std::string faults_of(std::string_view csv) {
  std::string all;
  for (const Inventory::Fault& fault : Inventory::parse(csv).faults) {
    all += (all.empty() ? "" : "\n") + std::to_string(fault.line) + ": " + fault.what;
  }
  return all;
}
core::ConfigNode file_of(const std::string& csv, const char* path = "/etc/afferent/cylinders.csv") {
  return node(core::Contents{std::make_shared<const std::string>(csv), path}, 9);
}
rules::RuleSetup barred(core::ConfigNode inventory, const char* id = "barred") {
  auto setup = rule("cylinders", table({{"check", text("barred")}, {"inventory", std::move(inventory)}}), "");
  setup.id = id;
  return setup;
}

}  // namespace

TEST_CASE("columns come in any order; marks, quotes, CRLF, comments and blank lines do no harm") {
  const auto read = Inventory::parse(
      "\xEF\xBB\xBFowner, cylinder ,tag,capacity_kg,made\r\n# sold\r\n\r\n\"Hu, Li\",C-1,33aa,14.5,2020-02-29\r\n"
      "王,C-2, 33BB ,,\r\n");
  REQUIRE(read.faults.empty());
  CHECK(read.inventory->size() == 2);
  const rules::Cylinder* first = read.inventory->find("33AA");
  REQUIRE(first != nullptr);
  CHECK(first->number == "C-1");
  CHECK(first->owner == "Hu, Li");
  CHECK(first->capacity == 14.5);
  CHECK(std::chrono::year_month_day(*first->made) == std::chrono::year(2020) / 2 / 29);
  CHECK(read.inventory->find("33bb")->owner == "王");
  CHECK(read.inventory->find("33cc") == nullptr);
}

TEST_CASE("a mistake in the header names the column and those that are allowed") {
  CHECK(faults_of("") ==
        "1: there is no column ''; allowed: tag, cylinder, owner, standard, capacity_kg, made, filled, "
        "inspected, status\n1: column 'tag' is missing\n1: column 'cylinder' is missing");
  CHECK(faults_of("tag,cylinder,tag\n") == "1: column 'tag' is there twice");
  CHECK(faults_of("tag:cylinder\nAA:C-1\n").starts_with("1: there is no column 'tag:cylinder'; allowed: tag, "));
  CHECK(faults_of("\xEF\xBB\xBFtag;cylinder\r\nAA;C-1\r\n").empty());
  CHECK(faults_of("tag\tcylinder\tmade\nAA\tC-1\t\n").empty());
  CHECK(faults_of("tag\nAA\n") == "1: column 'cylinder' is missing");
  CHECK(faults_of("tag,cylinder,\xC6\xF8\n") == "1: is not UTF-8: the file has to be saved as that");
}

TEST_CASE("a mistake in a line names the line, the column, what stands there and what would be right") {
  struct Wrong {
    const char* column;
    const char* value;
    const char* told;
  };
  const Wrong wrongs[] = {
      {"made", "2020-13-01", "made '2020-13-01' must be a date such as 2021-05-31"},
      {"made", "2021-02-29", "made '2021-02-29' must be a date such as 2021-05-31"},
      {"filled", "31.05.2021", "filled '31.05.2021' must be a date such as 2021-05-31"},
      {"inspected", "2021-5-31", "inspected '2021-5-31' must be a date such as 2021-05-31"},
      {"inspected", "-021-05-31", "inspected '-021-05-31' must be a date such as 2021-05-31"},
      {"capacity_kg", "14,5\"", nullptr},
      {"capacity_kg", "many", "capacity_kg 'many' must be a number of kg"},
      {"capacity_kg", "-1", "capacity_kg '-1' must be a number of kg"},
      {"capacity_kg", "nan", "capacity_kg 'nan' must be a number of kg"},
      {"capacity_kg", "1e999", "capacity_kg '1e999' must be a number of kg"},
      {"status", "sold", "status 'sold' must be in use, scrapped or stolen"},
      {"status", "Stolen", "status 'Stolen' must be in use, scrapped or stolen"},
  };
  for (const Wrong& wrong : wrongs) {
    CAPTURE(wrong.value);
    const std::string told =
        faults_of(std::string("tag,cylinder,") + wrong.column + "\nAA,C-1,\nBB,C-2," + wrong.value + "\n");
    CHECK(told == (wrong.told == nullptr ? "3: has 4 columns, expected 3" : std::string("3: ") + wrong.told));
  }
  CHECK(faults_of("tag,cylinder\nxyz,C-1\n,C-2\n") ==
        "2: tag 'xyz' must be the EPC in hexadecimal\n3: tag '' must be the EPC in hexadecimal");
  CHECK(faults_of("tag,cylinder\n" + std::string(126, 'A') + ",C-1\n").starts_with("2: tag 'AAAA"));
  CHECK(faults_of("tag,cylinder\naa,C-1\nAA,C-2\n") == "3: tag AA is there already");
  CHECK(faults_of("tag,cylinder\nAA,\xC6\xF8\n") == "2: is not UTF-8: the file has to be saved as that");
  CHECK(faults_of("tag,cylinder\nAA,\n") == "2: cylinder '' must be the cylinder's number, at most 100 bytes");
}

TEST_CASE("what cannot be is told though it has the right form, and the rest of the row counts") {
  using std::chrono::year;
  const rules::Days today = year(2026) / 11 / 27;
  const auto row = [&](const std::string& columns, const std::string& cells) {
    const auto read = Inventory::parse("tag,cylinder,status," + columns + "\nAA,C-1,stolen," + cells + "\n", today);
    std::string all;
    for (const Inventory::Fault& fault : read.faults) all += std::to_string(fault.line) + ": " + fault.what + "\n";
    REQUIRE(read.inventory->find("AA") != nullptr);
    CHECK(read.inventory->find("AA")->status == rules::Cylinder::Status::stolen);
    return std::pair(all, *read.inventory->find("AA"));
  };
  CHECK(row("made", "2026-11-27").first.empty());
  CHECK(row("made", "2027-01-01").first ==
        "2: made '2027-01-01' lies in the future; right is a date up to today, 2026-11-27\n");
  CHECK(row("inspected", "2029-01-01").first.starts_with("2: inspected '2029-01-01' lies in the future"));
  CHECK(row("filled", "2026-11-28").first.starts_with("2: filled '2026-11-28' lies in the future"));
  const auto before = row("made,inspected,filled", "2024-05-02,2024-05-01,2024-05-02");
  CHECK(before.first == "2: inspected '2024-05-01' lies before made '2024-05-02'; right is that day or a later one\n");
  CHECK(before.second.inspection_due() == rules::Days(year(2028) / 5 / 2));
  const auto standard = row("standard", "GB 9999-1900");
  CHECK(standard.first ==
        "2: standard 'GB 9999-1900' is not known; allowed: GB 5842-1996, GB 5842-2006, GB/T 5842-2022, or nothing\n");
  for (const char* known :
       {"GB 5842-2006", "GB5842-2006", "GB/T 5842-2022", "GB 5842-1996", "GB 5842-2006 YSP35.5", ""})
    CHECK_MESSAGE(row("standard", known).first.empty(), known);
  // What day it is, is not known: dates are not judged by it.
  CHECK(faults_of("tag,cylinder,made\nAA,C-1,2999-01-01\n").empty());
}

TEST_CASE("of very many mistakes the first twenty are named and the rest counted") {
  std::string csv = "tag,cylinder\n";
  for (int i = 0; i < 50; ++i) csv += "x,C\n";
  const auto read = Inventory::parse(csv);
  REQUIRE(read.faults.size() == 21);
  CHECK(read.faults[19].line == 21);
  CHECK(read.faults[20].line == 51);
  CHECK(read.faults[20].what == "30 more mistakes up to here");
}

TEST_CASE("a rule's mistakes in the file are told with the file's own name and line, once for all rules") {
  const core::ConfigNode file = file_of("tag,cylinder,made\nAA,C-1,yesterday\nBB,C-2,2021-01-01\nBB,C-3,\n");
  CHECK(refusal(std::vector{barred(file), barred(file, "second")}) ==
        "/etc/afferent/cylinders.csv:2: rule 'barred': inventory: made 'yesterday' must be a date such as 2021-05-31\n"
        "/etc/afferent/cylinders.csv:4: rule 'barred': inventory: tag BB is there already");
}

TEST_CASE("a file that several rules name is read once") {
  rules::Inventories inventories;
  const core::Contents file{std::make_shared<const std::string>("tag,cylinder\nAA,C-1\n"), "a.csv"};
  const auto first = inventories.of(file);
  CHECK(first.inventory->size() == 1);
  CHECK(inventories.of(file).inventory == first.inventory);
  const core::Contents other{std::make_shared<const std::string>("tag,cylinder\nBB,C-1\n"), "b.csv"};
  CHECK(inventories.of(other).inventory != first.inventory);
  CHECK(refusal(std::vector{barred(file_of("tag,cylinder\nAA,C-1\n")),
                            barred(file_of("tag,cylinder\nAA,C-1\n"), "b")}) == "accepted");
}

TEST_CASE("check two_places: a cylinder that two readers read at once is told, one that was carried is not") {
  auto setup = rule("cylinders",
                    table({{"check", text("two_places")},
                           {"others", node(core::ConfigNode::List{text("level-2"), text("level-3")})}}),
                    "");
  Bench bench(setup);
  bench.add(30, 0, "tag", core::Quantity::text);
  bench.add(40, 1, "tag", core::Quantity::text);
  bench.add(50, 2, "tag", core::Quantity::text);
  const auto read = [&](double t, std::uint32_t series, const char* tag) {
    bench.run_until(t);
    bench.say(t, core::Value::text(tag), core::Quality::good, false, series);
  };
  for (double t = 0; t < 300; t += 10) {
    read(t, 30, "AA01");
    read(t, 40, "aa02");
    if (t < 100) read(t, 50, "BB01");
    if (t > 200) read(t, 30, "BB01");  // came here 100 s after it left there
  }
  CHECK(bench.out.alerts.empty());
  for (double t = 300; t < 360; t += 10) {
    read(t, 30, "AA01");
    read(t, 50, "AA01");
  }
  REQUIRE(bench.out.story() == "raised orange");
  CHECK(bench.out.alerts[0].sentence == "A cylinder is read at Tianlin underpass and at level-3 at once: AA01.");
  for (double t = 360; t < 700; t += 10) read(t, 30, "AA01");
  CHECK(bench.out.story() == "raised orange, cleared orange");
  CHECK(bench.out.alerts[1].sentence.starts_with("No cylinder at Tianlin underpass is read elsewhere at once now."));
  const auto refused = [](core::ConfigNode options) { return refusal(rule("cylinders", std::move(options), "")); };
  CHECK(refused(table({{"check", text("two_places", 4)}})) ==
        "rules.toml:4: rule 'road': others: belongs to check = \"two_places\" and must be given with it");
  CHECK(refused(
            table({{"check", text("two_places")}, {"others", node(core::ConfigNode::List{text("no-such", 5)}, 5)}})) ==
        "rules.toml:5: rule 'road': others: there is no device 'no-such'");
}
