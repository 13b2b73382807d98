#include "agent/io/helper.h"

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>

namespace afferent::io {

struct Helper::Shared {
  struct Job {
    std::function<void()> call;
    std::function<void()> then;
  };

  std::mutex mutex;
  std::condition_variable ready;
  std::deque<Job> jobs;  // this and all below: guarded by mutex
  Loop* loop = nullptr;  // null once the helper is gone
  bool running = false;  // a call is being made
};

bool Helper::is_alive(Shared& shared) {
  const std::lock_guard lock(shared.mutex);
  return shared.loop != nullptr;
}

Helper::Helper(Loop& loop) : shared_(std::make_shared<Shared>()) { shared_->loop = &loop; }

Helper::~Helper() {
  bool hangs = false;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->loop = nullptr;
    shared_->jobs.clear();
    hangs = shared_->running;
  }
  shared_->ready.notify_one();
  if (!thread_.joinable()) return;
  if (hangs) {
    thread_.detach();
  } else {
    thread_.join();
  }
}

void Helper::submit(std::function<void()> call, std::function<void()> then) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->jobs.push_back({std::move(call), std::move(then)});
  }
  shared_->ready.notify_one();
  if (!thread_.joinable()) thread_ = std::thread([shared = shared_] { work(shared); });
}

void Helper::work(const std::shared_ptr<Shared>& shared) {
  // Signals are the loop's.
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  for (;;) {
    Shared::Job job;
    {
      std::unique_lock lock(shared->mutex);
      shared->ready.wait(lock, [&shared] { return shared->loop == nullptr || !shared->jobs.empty(); });
      if (shared->loop == nullptr) return;
      job = std::move(shared->jobs.front());
      shared->jobs.pop_front();
      shared->running = true;
    }
    job.call();
    const std::lock_guard lock(shared->mutex);
    shared->running = false;
    job.call = nullptr;
    if (shared->loop == nullptr) continue;
    shared->loop->post([shared, then = std::move(job.then)] {
      if (is_alive(*shared)) then();
    });
  }
}

}  // namespace afferent::io
