// One script in a Duktape heap of its own, with a limit to its memory. Each call finds the heap as it was when the
// script had been loaded. What it cannot do is end a script that loops: the agent kills the process. Single-threaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "agent/core/bytes.h"
#include "agent/core/codec_call.h"
#include "agent/core/result.h"
#include "tools/codec/heap_memory.h"

struct duk_hthread;

namespace afferent::codec_host {

class Engine {
 public:
  static constexpr std::size_t kMemory = 12 << 20;           // bytes of one heap
  static constexpr std::size_t kLongestResult = 128 * 1024;  // bytes of JSON

  // Error{bad_input} says why the script is not accepted, with its line.
  static core::Result<std::unique_ptr<Engine>> create(const std::string& name, std::string_view file);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // JSON of {data, warnings, errors} for decode, of {bytes, fPort, warnings, errors} for encode. Error{bad_input}: the
  // script threw or gave nothing usable; Error{full}: it wanted too much memory.
  core::Result<std::string> call(const core::CodecCall& call);
  // Error{bad_input}: the script has no function that a call could be for.
  core::Result<void> has_entry();
  std::size_t memory() const { return memory_.held(); }  // bytes

 private:
  Engine();
  // With or without `module` and `exports`; what loading leaves is not kept yet.
  static core::Result<std::unique_ptr<Engine>> load(const std::string& name, std::string_view source, bool modules);
  bool gives_entry();
  void keep();
  core::Result<std::string> answer(const core::CodecCall& call);
  core::Result<void> run(const std::string& name, std::string_view source);
  void push_entry();  // the function that calls the script
  int line_of_error();
  int line_of_caller();
  core::Error take_error();

  std::string name_;  // of the script, in errors
  HeapMemory memory_{kMemory};
  duk_hthread* heap_ = nullptr;  // lies in `memory_`, and goes with it
};

}  // namespace afferent::codec_host
