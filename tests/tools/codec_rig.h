// The helper process as the agent runs it, for tests: a real process, one loop, scripts in files.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/io/clock.h"
#include "agent/io/codec_process.h"
#include "tests/support/fakes.h"
#include "tests/support/temp_folder.h"

namespace afferent::test {

using core::CodecAnswer;
using Outcome = core::CodecAnswer::Outcome;

struct CodecRig {
  TempFolder own_folder;
  const std::filesystem::path folder = own_folder.path();
  io::RealClock clock;
  std::unique_ptr<io::Loop> loop = *io::Loop::create(clock);
  RecordingLog log;
  io::CodecSettings settings = [] {
    io::CodecSettings made;
    made.program = AFFERENT_BINARY "/bin/afferent-codec";
    return made;
  }();
  std::unique_ptr<io::CodecProcess> codecs;
  std::vector<CodecAnswer> answers;  // in the order in which they came

  CodecRig() { begin(); }
  void begin() { codecs = std::make_unique<io::CodecProcess>(*loop, log, settings); }

  std::string script(const std::string& name, const std::string& text) {
    const std::string path = folder / name;
    std::ofstream(path) << text;
    return path;
  }
  void ask(std::uint32_t id, const std::string& path, core::Bytes payload = {}) {
    core::CodecCall call;
    call.id = id;
    call.fport = 1;
    call.script = path;
    call.payload = std::move(payload);
    codecs->call(std::move(call), [this](CodecAnswer answer) { answers.push_back(std::move(answer)); });
  }
  void load(std::uint32_t id, const std::string& path) {
    core::CodecCall call;
    call.id = id;
    call.verb = core::CodecCall::Verb::load;
    call.script = path;
    codecs->call(std::move(call), [this](CodecAnswer answer) { answers.push_back(std::move(answer)); });
  }
  void run_until(std::size_t count) {
    while (answers.size() < count) loop->run_once(core::Millis{1000});
  }
  const CodecAnswer& answer(std::uint32_t id) const {
    for (const CodecAnswer& one : answers) {
      if (one.id == id) return one;
    }
    FAIL("no answer ", id);
    return answers.front();
  }
};

}  // namespace afferent::test
