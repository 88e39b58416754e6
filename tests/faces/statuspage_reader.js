// Reads a status page by the client that everybody uses, as often as a line comes in: one line of
// JSON out for each. The client's folder and the page's address are the arguments.
const [folder, address] = process.argv.slice(2);
const client = require(folder);
const page = new client.Statuspage("ristoro");
page.setApiUrl(address);

async function read() {
  return {
    status: await page.api.getStatus(),
    components: await page.api.getComponents(),
    summary: await page.api.getSummary(),
    incidents: await page.api.incidents.getAll(),
    unresolved: await page.api.incidents.getUnresolved(),
    maintenances: await page.api.scheduledMaintenances.getAll(),
    upcoming: await page.api.scheduledMaintenances.getUpcoming(),
    active: await page.api.scheduledMaintenances.getActive(),
  };
}

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", async () => {
    try {
      console.log(JSON.stringify(await read()));
    } catch (error) {
      console.log(JSON.stringify({ error: String(error) }));
    }
  });
