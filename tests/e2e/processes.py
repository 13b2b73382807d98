"""Real processes on free loopback ports: the broker, the agent, the command line tool."""
import ctypes
import json
import os
import signal
import socket
import subprocess

from waiting import GUARD, wait_for

BIN = os.environ.get("AFFERENT_BIN", "build/dev/bin")
LOOPBACK = "127.0.0.1"


_reserved = []  # bound, never listening: nobody else is given such a port, and a server may still listen on it


def free_port():
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind((LOOPBACK, 0))
    _reserved.append(probe)
    return probe.getsockname()[1]


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0


PRCTL = ctypes.CDLL(None).prctl  # looked up here: a child between fork and exec must not take the loader's lock
PR_SET_PDEATHSIG = 1


def die_with_parent():
    PRCTL(PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A program with its output in a file. It ends when the test ends, however that ends."""

    def __init__(self, folder, name):
        self.log_path = os.path.join(folder, name + ".log")
        self.process = None

    def launch(self, command):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            preexec_fn=die_with_parent)

    @property
    def pid(self):
        return self.process.pid

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, number=signal.SIGTERM):
        """Sends the signal to this one process and waits for its end; its exit code, negative for a signal."""
        if self.process is None:
            return None
        if self.running:
            self.process.send_signal(number)
        try:
            return self.process.wait(GUARD)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"{self.log_path}: did not end on signal {number}") from None

    def close(self):
        if self.running:
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    @property
    def log(self):
        with open(self.log_path, errors="replace") as file:
            return file.read()


class Broker(Process):
    """Mosquitto with a configuration of its own. Sessions and what they have not fetched survive stop() and start()."""

    def __init__(self, folder, settings=("allow_anonymous true",)):
        super().__init__(folder, "mosquitto")
        self.folder = folder
        self.port = free_port()
        self.settings = list(settings)

    def start(self):
        path = os.path.join(self.folder, "mosquitto.conf")
        with open(path, "w") as file:
            file.write("\n".join([
                f"listener {self.port} {LOOPBACK}", "persistence true", f"persistence_location {self.folder}/",
                "autosave_interval 1", "max_queued_messages 0", "max_inflight_messages 0", "user root", *self.settings,
            ]) + "\n")
        self.launch(["mosquitto", "-c", path])
        more = [int(line.split()[1]) for line in self.settings if line.startswith("listener ")]
        wait_for(lambda: all(map(listens, [self.port, *more])) or not self.running, "the broker's ports")
        assert self.running, self.log

    def stop(self):
        self.end(signal.SIGTERM)


class Agent(Process):
    """afferentd with the given configuration. Its control socket and its log are in `folder`."""

    def __init__(self, folder, toml, clock=None, name="afferentd"):
        super().__init__(folder, name)
        self.config_path = os.path.join(folder, name + ".toml")
        self.socket_path = os.path.join(folder, name + ".sock")
        self.clock = clock
        self.configure(toml)

    def configure(self, toml):
        """Takes effect at the next start."""
        with open(self.config_path, "w") as file:
            file.write(toml.replace("CONTROL_SOCKET", self.socket_path))

    def start(self):
        command = [os.path.join(BIN, "afferentd"), "--config", self.config_path]
        self.launch(command + (["--clock", self.clock] if self.clock else []))

    def sigkill(self):
        return self.end(signal.SIGKILL)

    def sigterm(self):
        return self.end(signal.SIGTERM)

    def status(self):
        """What `afferent status --json` says, once the agent answers."""
        return self.wait_status(lambda _: True, "an answer")

    def _ask(self):
        """The status, or {} while the agent does not answer."""
        done = run_tool("status", "--json", "--socket", self.socket_path)
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def wait_status(self, condition, what):
        """Asks until condition(status) holds; the status then."""
        seen = {}

        def holds():
            assert self.running, f"the agent ended:\n{self.log}"
            seen["status"] = self._ask()
            return seen["status"] and condition(seen["status"])

        wait_for(holds, lambda: f"{what}; status {json.dumps(seen.get('status'))}")
        return seen["status"]


def run_agent_once(config_path):
    """Runs afferentd until it ends on its own: for configurations that it refuses."""
    return subprocess.run([os.path.join(BIN, "afferentd"), "--config", config_path], capture_output=True, text=True,
                          timeout=GUARD, preexec_fn=die_with_parent)


def run_tool(*arguments):
    return subprocess.run([os.path.join(BIN, "afferent"), *arguments], capture_output=True, text=True, timeout=GUARD,
                          preexec_fn=die_with_parent)
