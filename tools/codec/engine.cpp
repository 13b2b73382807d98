#include "tools/codec/engine.h"

#include <duktape.h>
#include <unistd.h>

#include <charconv>

#include "tools/codec/lower.h"
#include "tools/codec/prelude.h"
#include "tools/codec/utf8.h"

namespace afferent::codec_host {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::size_t kLongestMessage = 500;
constexpr const char* kPreludeName = "prelude";

// Duktape cannot go on; the agent sees the end of the process and starts another.
[[noreturn]] void give_up(void* /*memory*/, const char* /*message*/) { ::_exit(70); }

void* allocate(void* memory, std::size_t size) { return static_cast<HeapMemory*>(memory)->take(size); }
void* reallocate(void* memory, void* block, std::size_t size) {
  return static_cast<HeapMemory*>(memory)->resize(block, size);
}
void release(void* memory, void* block) { static_cast<HeapMemory*>(memory)->release(block); }

std::string text_at(duk_hthread* heap, duk_idx_t index) {
  duk_size_t size = 0;
  const char* text = duk_safe_to_lstring(heap, index, &size);
  return to_utf8({text, size});
}

// Of the object on the stack: its message, its own text, or all of it as JSON.
duk_ret_t push_words(duk_hthread* heap, void* /*data*/) {
  duk_get_prop_string(heap, -1, "message");
  if (duk_is_string(heap, -1) != 0 && duk_get_length(heap, -1) > 0) return 1;
  duk_pop(heap);
  duk_dup(heap, -1);
  if (std::string_view(duk_to_string(heap, -1)) != "[object Object]") return 1;
  duk_dup(heap, -2);
  duk_json_encode(heap, -1);
  return 1;
}

// Of what was thrown. Scripts may throw anything, also what throws again when it is asked for its text.
std::string words_of_thrown(duk_hthread* heap) {
  if (duk_is_object(heap, -1) == 0 || duk_is_error(heap, -1) != 0 || duk_is_function(heap, -1) != 0)
    return text_at(heap, -1);
  duk_dup(heap, -1);
  const bool ran = duk_safe_call(heap, &push_words, nullptr, 1, 1) == DUK_EXEC_SUCCESS;
  const bool said = ran && duk_is_string(heap, -1) != 0;
  std::string words = said ? text_at(heap, -1) : std::string();
  duk_pop(heap);
  return said ? words : text_at(heap, -1);
}

// A first line for a shell is a comment here.
void hide_shell_line(std::string& source) {
  const std::size_t at = source.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  if (source.compare(at, 2, "#!") == 0) source.replace(at, 2, "//");
}

bool names_modules(std::string_view source) {
  return source.find("module") != source.npos || source.find("exports") != source.npos;
}

bool misses_modules(std::string_view message) {
  return message.find("'module'") != message.npos || message.find("'exports'") != message.npos;
}

}  // namespace

Engine::Engine() : heap_(duk_create_heap(&allocate, &reallocate, &release, &memory_, &give_up)) {}

core::Result<std::unique_ptr<Engine>> Engine::create(const std::string& name, std::string_view file) {
  if (file.starts_with("\xFF\xFE") || file.starts_with("\xFE\xFF"))
    return Error(ErrorCode::bad_input, "the file is UTF-16; write it as UTF-8");
  std::string source = from_latin(file);
  hide_shell_line(source);
  Lowered lowered = lower(source);
  if (lowered.refused) return Error(ErrorCode::bad_input, lowered.trouble);
  // What the lowering pass does not understand may still be ES5 that Duktape does.
  const bool as_it_is = !lowered.trouble.empty();
  const std::string& text = as_it_is ? source : lowered.text;
  // Network servers have no modules: a library within a script then leaves its name to the script. What gives nothing
  // without them gets them, and a new heap.
  auto engine = load(name, text, false);
  const bool full = !engine && engine.error().code() == ErrorCode::full;
  if (!full && names_modules(text) && (!engine || !(*engine)->gives_entry())) {
    const bool broken = !engine && !misses_modules(engine.error().message());
    if (engine) engine->reset();
    auto again = load(name, text, true);
    if (again || !broken) engine = std::move(again);
  }
  if (engine) (*engine)->keep();
  if (!engine && as_it_is && engine.error().code() == ErrorCode::bad_input)
    return Error(ErrorCode::bad_input, "SyntaxError: " + lowered.trouble);
  return engine;
}

core::Result<std::unique_ptr<Engine>> Engine::load(const std::string& name, std::string_view source, bool modules) {
  std::unique_ptr<Engine> engine(new Engine());
  engine->name_ = name;
  if (engine->heap_ == nullptr) return Error(ErrorCode::full, "no memory for another script");
  // The prelude leaves the function that calls the script; it is kept where the script cannot reach it.
  if (auto ran = engine->run(kPreludeName, prelude()); !ran) return Error(ErrorCode::bug, ran.error().message());
  duk_hthread* heap = engine->heap_;
  duk_push_global_stash(heap);
  duk_dup(heap, -2);
  duk_put_prop_string(heap, -2, "call");
  duk_pop_2(heap);
  duk_push_global_object(heap);
  for (const char* key : {"module", "exports"}) {
    if (!modules) duk_del_prop_string(heap, -1, key);
  }
  duk_pop(heap);
  if (auto ran = engine->run(name, source); !ran) return std::move(ran).error();
  duk_pop(heap);
  return engine;
}

// Free of what loading has left, and with the collector's next turn as far away as it can be: that too is put back.
void Engine::keep() {
  duk_gc(heap_, 0);
  duk_gc(heap_, DUK_GC_COMPACT);
  memory_.keep();
}

// Leaves the value of the script's last expression on the stack.
core::Result<void> Engine::run(const std::string& name, std::string_view source) {
  duk_push_lstring(heap_, name.data(), name.size());
  if (duk_pcompile_lstring_filename(heap_, 0, source.data(), source.size()) != 0) return take_error();
  if (duk_pcall(heap_, 0) != DUK_EXEC_SUCCESS) return take_error();
  return {};
}

// Of the script; 0 where the error is not from there.
int Engine::line_of_error() {
  if (duk_is_error(heap_, -1) == 0) return 0;
  duk_get_prop_string(heap_, -1, "fileName");
  const bool named = duk_is_string(heap_, -1) != 0;
  const bool ours = named && std::string_view(duk_get_string(heap_, -1)) != kPreludeName;
  duk_pop(heap_);
  if (named && !ours) return line_of_caller();
  duk_get_prop_string(heap_, -1, "lineNumber");
  const int line = ours && duk_is_number(heap_, -1) != 0 ? duk_get_int(heap_, -1) : 0;
  duk_pop(heap_);
  return line;
}

// Where the script called what failed: "    at name (file:line) ...", the innermost first.
int Engine::line_of_caller() {
  duk_get_prop_string(heap_, -1, "stack");
  std::string_view stack;
  if (const char* text = duk_get_string(heap_, -1); text != nullptr) stack = text;
  int line = 0;
  for (std::size_t at = stack.find("\n    at "); at != stack.npos && line == 0; at = stack.find("\n    at ", at + 1)) {
    const std::string_view frame = stack.substr(at, stack.find('\n', at + 1) - at);
    const std::size_t open = frame.rfind(" (");
    const std::size_t colon = frame.rfind(':');
    if (open == frame.npos || colon == frame.npos || colon < open) continue;
    if (frame.substr(open + 2, colon - open - 2) != name_) continue;
    std::from_chars(frame.data() + colon + 1, frame.data() + frame.size(), line);
  }
  duk_pop(heap_);
  return line;
}

core::Error Engine::take_error() {
  const bool exceeded = memory_.take_exceeded();
  std::string text;
  if (exceeded) {
    text = "the script wants more than " + std::to_string(memory_.limit() >> 20) + " MB of memory";
  } else {
    const int line = line_of_error();
    text = words_of_thrown(heap_).substr(0, kLongestMessage);
    if (line > 0 && text.find("(line ") == std::string::npos) text += " (line " + std::to_string(line) + ")";
  }
  duk_pop(heap_);
  return {exceeded ? ErrorCode::full : ErrorCode::bad_input, text};
}

void Engine::push_entry() {
  memory_.take_exceeded();
  duk_push_global_stash(heap_);
  duk_get_prop_string(heap_, -1, "call");
  duk_remove(heap_, -2);
}

// Before keep().
bool Engine::gives_entry() {
  push_entry();
  duk_push_null(heap_);
  const bool given = duk_pcall(heap_, 1) == DUK_EXEC_SUCCESS;
  duk_pop(heap_);
  return given;
}

core::Result<void> Engine::has_entry() {
  push_entry();
  duk_push_null(heap_);
  core::Result<void> result;
  if (duk_pcall(heap_, 1) != DUK_EXEC_SUCCESS) result = take_error();
  memory_.restore();
  return result;
}

core::Result<std::string> Engine::call(const core::CodecCall& call) {
  auto result = answer(call);
  memory_.restore();
  return result;
}

core::Result<std::string> Engine::answer(const core::CodecCall& call) {
  push_entry();
  duk_push_boolean(heap_, call.verb == core::CodecCall::Verb::encode ? 1 : 0);
  if (call.verb == core::CodecCall::Verb::encode) {
    const auto text = core::as_text(call.payload);
    duk_push_lstring(heap_, text.data(), text.size());
  } else {
    const duk_idx_t array = duk_push_array(heap_);
    for (std::size_t i = 0; i < call.payload.size(); ++i) {
      duk_push_uint(heap_, call.payload[i]);
      duk_put_prop_index(heap_, array, static_cast<duk_uarridx_t>(i));
    }
  }
  duk_push_uint(heap_, call.fport);
  duk_push_number(heap_, static_cast<double>(call.time_ms));
  duk_push_lstring(heap_, call.variables.data(), call.variables.size());
  if (duk_pcall(heap_, 5) != DUK_EXEC_SUCCESS) return take_error();
  duk_size_t size = 0;
  const char* text = duk_get_lstring(heap_, -1, &size);
  if (text == nullptr) return Error(ErrorCode::bad_input, "the script's result is no object");
  if (size > kLongestResult) return Error(ErrorCode::bad_input, "the result is too long");
  return to_utf8({text, size});
}

}  // namespace afferent::codec_host
