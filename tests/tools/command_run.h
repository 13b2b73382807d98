// Runs a command of `afferent` in this process and keeps what it prints.
#pragma once

#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tools/cli/command_line.h"

namespace afferent::test {

struct Printed {
  int status = 0;
  std::string out;
  std::string err;

  bool says(std::string_view text) const { return err.find(text) != std::string::npos; }
};

// Takes the place of a standard stream as long as it lives.
class Caught {
 public:
  Caught(std::FILE* stream, int fd) : stream_(stream), fd_(fd), file_(std::tmpfile()) {
    std::fflush(stream_);
    saved_ = ::dup(fd_);
    REQUIRE(file_ != nullptr);
    REQUIRE(::dup2(::fileno(file_), fd_) == fd_);
  }
  ~Caught() { end(); }
  Caught(const Caught&) = delete;
  Caught& operator=(const Caught&) = delete;

  std::string end() {
    if (file_ == nullptr) return {};
    std::fflush(stream_);
    ::dup2(saved_, fd_);
    ::close(saved_);
    std::rewind(file_);
    std::string all;
    for (int c = std::fgetc(file_); c != EOF; c = std::fgetc(file_)) all += static_cast<char>(c);
    std::fclose(file_);
    file_ = nullptr;
    return all;
  }

 private:
  std::FILE* stream_;
  int fd_;
  int saved_ = -1;
  std::FILE* file_;
};

// `words` as behind `afferent`.
inline Printed run_command(const std::vector<std::string>& words) {
  std::vector<const char*> arguments{"afferent"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  Caught out(stdout, STDOUT_FILENO);
  Caught err(stderr, STDERR_FILENO);
  Printed printed;
  std::cout.flush();
  printed.status = cli::run(static_cast<int>(arguments.size()), arguments.data());
  std::cout.flush();
  printed.err = err.end();
  printed.out = out.end();
  return printed;
}

}  // namespace afferent::test
