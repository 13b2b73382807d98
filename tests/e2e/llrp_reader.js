// An LLRP reader made with llrpjs: PORT KEEPALIVE_MS. Says on stdout what it is asked, and sends one report of two tags
// after START_ROSPEC and after each acknowledged keep-alive. On SIGUSR1 it drops its connection, on SIGUSR2 it falls
// silent.
const { LLRPCore, LLRPServer } = require("llrpjs");

const [port, period] = process.argv.slice(2).map(Number);
const reader = new LLRPServer({ host: "127.0.0.1", port });
let silent = false;
let seen = 0;

const say = line => process.stdout.write(line + "\n");
// A connection that breaks meanwhile is told by its own event.
const send = message => { if (!silent && reader.socketWritable) reader.send(message).catch(() => {}); };

function report() {
  seen += 1;
  return new LLRPCore.RO_ACCESS_REPORT({ data: { TagReportData: [
    { EPC_96: { EPC: "33B4257BF40C0E4000000190" }, AntennaID: { AntennaID: 1 }, PeakRSSI: { PeakRSSI: -50 },
      FirstSeenTimestampUTC: { Microseconds: new Date() }, TagSeenCount: { TagCount: seen } },
    { EPCData: { EPC: "1fb41f712ac9c37ab79d618173188324001a" }, AntennaID: { AntennaID: 2 }, PeakRSSI: { PeakRSSI: -61 },
      TagSeenCount: { TagCount: seen } },
  ] } });
}

reader.on("connection", () => {
  silent = false;
  say("connection");
  send(new LLRPCore.READER_EVENT_NOTIFICATION({ data: { ReaderEventNotificationData: {
    UTCTimestamp: { Microseconds: new Date() }, ConnectionAttemptEvent: { Status: "Success" } } } }));
});
// llrpjs takes one message out of each chunk that arrives; this asks for the others of the chunk.
reader.on("message", () => setImmediate(() => reader.onData(Buffer.alloc(0))));
reader.on("disconnect", () => say("disconnect"));
reader.on("error", error => say("error " + error.message));

for (const request of ["DELETE_ROSPEC", "SET_READER_CONFIG", "ADD_ROSPEC", "ENABLE_ROSPEC", "START_ROSPEC", "STOP_ROSPEC"]) {
  reader.on(request, message => {
    say(request + " " + JSON.stringify(message.toLLRPData()));
    send(new LLRPCore[request + "_RESPONSE"]({ id: message.getMessageId(), data: {
      LLRPStatus: { StatusCode: "M_Success", ErrorDescription: "" } } }));
    if (request === "START_ROSPEC") send(report());
  });
}
reader.on("CLOSE_CONNECTION", () => say("CLOSE_CONNECTION"));
reader.on("KEEPALIVE_ACK", () => { say("KEEPALIVE_ACK"); send(report()); });

setInterval(() => send(new LLRPCore.KEEPALIVE()), period);
process.on("SIGUSR1", () => reader.disconnect());
process.on("SIGUSR2", () => { silent = true; });
reader.listen();
say("listening");
