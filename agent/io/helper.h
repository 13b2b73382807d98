// One thread for calls that may block: name look-ups, opening a device, slow sysfs. Loop-bound; the calls themselves
// run on the helper thread, one after the other, and their results come back on the loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "agent/io/loop.h"

namespace afferent::io {

class Helper {
 public:
  explicit Helper(Loop& loop);
  // Forgets what waits. A call that hangs is left behind with what it owns; its result is dropped.
  ~Helper();
  Helper(const Helper&) = delete;
  Helper& operator=(const Helper&) = delete;

  // `call` must own all that it touches. `then` is called on the loop with its value, or never when the helper goes
  // first.
  template <class Call, class Then>
  void run(Call call, Then then) {
    auto result = std::make_shared<std::optional<std::invoke_result_t<Call>>>();
    submit([call = std::move(call), result]() mutable { result->emplace(call()); },
           [then = std::move(then), result]() mutable { then(std::move(**result)); });
  }

 private:
  struct Shared;
  void submit(std::function<void()> call, std::function<void()> then);
  static bool is_alive(Shared& shared);
  static void work(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;  // started with the first call
};

}  // namespace afferent::io
