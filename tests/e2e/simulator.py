"""afferent-sim with a scenario, and its own account of what it served."""
import collections
import json
import os

from processes import BIN, Process
from waiting import wait_for

Answer = collections.namedtuple("Answer", "number device boot_ms values")


class Simulator(Process):
    """Runs when it is made. Its links, sockets and folders are in `folder`."""

    def __init__(self, folder, scenario):
        super().__init__(folder, "afferent-sim")
        self.truth_path = os.path.join(folder, "truth.jsonl")
        path = os.path.join(folder, "scenario.toml")
        with open(path, "w") as file:
            file.write(scenario)
        self.launch([os.path.join(BIN, "afferent-sim"), path, "--truth", self.truth_path])
        wait_for(lambda: "ready\n" in self.log or not self.running, "the simulator")
        assert self.running, self.log

    def lines(self):
        """All that stands whole in the account."""
        with open(self.truth_path) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def answers(self):
        """What was served, one answer after the other."""
        answers = {}
        for line in self.lines():
            if "answer" in line:
                answer = answers.setdefault(line["answer"], Answer(line["answer"], line["device"], line["boot_ms"], {}))
                answer.values[line["channel"]] = line["value"]
        return list(answers.values())

    def values(self, device, channel):
        return [answer.values[channel] for answer in self.answers() if answer.device == device and channel in answer.values]

    def events(self):
        """Name of an event -> how often it was."""
        return collections.Counter(line["event"] for line in self.lines() if "event" in line)
