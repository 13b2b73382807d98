// An M-Bus master that shares no code with the agent: libmbus, as node-mbus binds it.
// mbus_master.js PORT ADDRESS...   prints one JSON object: what a search by secondary address found, and each answer
const Master = require("node-mbus");

const [port, ...addresses] = process.argv.slice(2);
const master = new Master({ host: "127.0.0.1", port: Number(port), timeout: 1000, autoConnect: true });

async function main() {
  const answers = {};
  for (const address of addresses) {
    answers[address] = await master.getDataAsync(address.length > 3 ? address : Number(address), { pingFirst: false });
  }
  const found = await master.scanSecondaryAsync();
  console.log(JSON.stringify({ answers, found }));
  master.close(() => process.exit(0), true);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
