// A Mosquitto of our own: free loopback port, own configuration in a folder that goes with it, ended by its pid.
#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "tests/support/temp_folder.h"
#include "tests/uplink/sockets.h"

namespace afferent::test {

class BrokerFolder : public TempFolder {
 public:
  BrokerFolder() { std::filesystem::permissions(path(), std::filesystem::perms(0755)); }

  std::string file(const std::string& name) const { return path() + "/" + name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
    return file(name);
  }
};

inline pid_t spawn(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that crashed
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(fd, 1);
  ::dup2(fd, 2);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

inline int run_and_wait(const std::vector<std::string>& words, const std::string& log) {
  int status = -1;
  ::waitpid(spawn(words, log), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class Broker {
 public:
  // `settings` are lines of mosquitto.conf beside the listener; "" is an open broker.
  Broker(const BrokerFolder& folder, const std::string& settings) : folder_(folder), port_(free_port()) {
    const std::string open = settings.empty() ? "allow_anonymous true\n" : settings;
    folder_.write("mosquitto.conf",
                  "listener " + std::to_string(port_) + " 127.0.0.1\nuser root\npersistence false\n" + open);
    start();
  }
  ~Broker() { stop(); }
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  void start() {
    if (pid_ > 0) return;
    pid_ = spawn({"/usr/sbin/mosquitto", "-c", folder_.file("mosquitto.conf")}, folder_.file("mosquitto.log"));
    up_ = eventually([this] { return is_listening(port_); });
  }
  void stop() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);  // it keeps nothing that it would have to write down
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  std::uint16_t port() const { return port_; }
  bool up() const { return up_; }

 private:
  const BrokerFolder& folder_;
  const std::uint16_t port_;
  pid_t pid_ = -1;
  bool up_ = false;
};

}  // namespace afferent::test
