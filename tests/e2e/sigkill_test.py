#!/usr/bin/python3
"""Killed at any moment, the agent loses at most the round that it had not yet committed."""
import os
import random
import shutil
import tempfile

from counting import lives, newest, out_of_order
from support import EndToEnd, main, tcp_device, wait_for

KILLS = 10
MEMORY = "/dev/shm"


class Kill(EndToEnd):
    def setUp(self):
        super().setUp()
        # What was written survives a kill wherever it stands, and in memory no slow disk makes a round longer.
        folder = tempfile.mkdtemp(dir=MEMORY if os.access(MEMORY, os.W_OK) else None)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        self.store = f'path = "{folder}/store.db"'

    def kill_repeatedly(self, broker, server, subscriber, before_kill=lambda number: None):
        """Returns, per life of the agent, the readings that it said it had committed."""
        dice = random.Random(7)
        agent = self.agent(self.config(broker.port, tcp_device(server.port, poll="50 ms"), store=self.store), start=False)
        committed = []
        for number in range(KILLS):
            agent.start()
            start = server.registers.count()
            polls = dice.randint(5, 40)
            # A status is as old as the last report of the deliver thread, so it never says too much.
            status = agent.wait_status(lambda _: server.registers.count() >= start + polls, f"poll {polls} of life {number}")
            committed.append(status["delivery"]["committed_readings"])
            before_kill(number)
            moment = server.registers.count() + dice.randint(0, 3)
            wait_for(lambda: server.registers.count() >= moment, "the moment of the kill")
            agent.sigkill()
        agent.start()
        return agent, committed

    def check(self, server, subscriber, committed):
        self.assert_contract(subscriber)
        self.assertEqual(len(subscriber.epochs()), 1)
        self.assertEqual(out_of_order(subscriber), [])
        self.assertEqual(subscriber.gaps(), [])
        for number, (flags, said) in enumerate(zip(list(lives(server, subscriber).values()), committed)):
            arrived = sum(flags)
            self.assertGreaterEqual(arrived, said, f"life {number}: fewer arrived than were committed")
            self.assertEqual(flags, [True] * arrived + [False] * (len(flags) - arrived),
                             f"life {number}: what is missing is not just its end")
            self.assertLessEqual(len(flags) - arrived, 8, f"life {number}: more is missing than its last round")

    def finish(self, agent, server, subscriber):
        start = server.registers.count()
        wait_for(lambda: newest(subscriber) >= start + 20, "readings of the last life")
        self.assertEqual(agent.sigterm(), 0)

    def test_ten_kills_while_polling_and_publishing(self):
        broker, server = self.broker(), self.modbus()
        subscriber = self.subscriber(broker)
        agent, committed = self.kill_repeatedly(broker, server, subscriber)
        self.finish(agent, server, subscriber)
        self.check(server, subscriber, committed)
        self.assertGreater(sum(committed), 0)

    def test_ten_kills_around_a_stopped_broker(self):
        broker, server = self.broker(), self.modbus()
        subscriber = self.subscriber(broker)

        def toggle(number):
            if number in (2, 7):
                broker.stop()
            elif number in (4, 9):
                broker.start()

        agent, committed = self.kill_repeatedly(broker, server, subscriber, toggle)
        self.finish(agent, server, subscriber)
        self.check(server, subscriber, committed)


if __name__ == "__main__":
    main()
