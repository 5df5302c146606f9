// Asks the endpoint of the first argument the query of the second; one JSON object a row, or the boolean.
import { QueryEngine } from '@comunica/query-sparql';

const [endpoint, query] = process.argv.slice(2);
const context = { sources: [{ type: 'sparql', value: endpoint }] };
const result = await new QueryEngine().query(query, context);
if (result.resultType === 'boolean') {
  console.log(JSON.stringify(await result.execute()));
} else {
  for await (const row of await result.execute()) {
    console.log(JSON.stringify(Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))));
  }
}
