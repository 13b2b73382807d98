#!/usr/bin/python3
"""A broker that is away for 20 s costs time and nothing else."""
import time

from counting import missing, newest, out_of_order
from support import EndToEnd, main, tcp_device, wait_for

OUTAGE = 20.0  # s


class BrokerOutage(EndToEnd):
    def test_nothing_is_lost_while_the_broker_is_away(self):
        broker, server = self.broker(), self.modbus()
        subscriber = self.subscriber(broker)
        agent = self.agent(self.config(broker.port, tcp_device(server.port, poll="50 ms")))
        wait_for(lambda: subscriber.count() >= 20, "the first readings")

        broker.stop()
        stopped = time.monotonic()
        before = server.registers.count()
        agent.wait_status(lambda status: not status["delivery"]["connected"] and status["delivery"]["backlog_messages"] > 0,
                          "the outage in the status")
        wait_for(lambda: time.monotonic() - stopped >= OUTAGE and server.registers.count() >= before + 100,
                 "readings taken during the outage")
        broker.start()

        agent.wait_status(lambda status: status["delivery"]["connected"], "the connection")
        after = server.registers.count()
        wait_for(lambda: newest(subscriber) >= after + 20, "readings taken after the outage")
        self.assertEqual(agent.sigterm(), 0)
        wait_for(lambda: newest(subscriber) >= server.registers.count() - 1, "the last readings")

        self.assert_contract(subscriber)
        self.assertEqual(missing(server, subscriber), {})
        self.assertEqual(out_of_order(subscriber), [])
        self.assertEqual(len(subscriber.epochs()), 1)
        self.assertEqual(subscriber.gaps(), [])


if __name__ == "__main__":
    main()
