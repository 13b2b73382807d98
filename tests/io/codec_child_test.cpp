// Where the helper process of codecs is looked for.
#include "agent/io/codec_child.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.h"

using afferent::io::codec_program_of;
namespace fs = std::filesystem;

namespace {

void install(const fs::path& program) {
  fs::create_directories(program.parent_path());
  std::ofstream(program) << "#!/bin/true\n";
  fs::permissions(program, fs::perms::owner_exec, fs::perm_options::add);
}

}  // namespace

TEST_CASE("the helper process is found wherever the agent was installed") {
  const afferent::test::TempFolder prefix;
  const fs::path root = prefix.path();
  fs::create_directories(root / "sbin");
  CHECK(codec_program_of((root / "sbin/afferentd").string()) == "/usr/bin/afferent-codec");
  CHECK(codec_program_of("") == "/usr/bin/afferent-codec");
  install(root / "bin/afferent-codec");
  CHECK(fs::equivalent(codec_program_of((root / "sbin/afferentd").string()), root / "bin/afferent-codec"));
  CHECK(codec_program_of((root / "bin/afferent").string()) == (root / "bin/afferent-codec").string());
}
