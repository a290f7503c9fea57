// A Worker that does nothing but answer JSON through Hono: what the edge's own work is compared with.
import { Hono } from 'hono';

export default new Hono()
  .get('/healthz', (c) => c.json({ status: 'ready' }))
  .post('/', async (c) => c.json({ asked: await c.req.json() }, 202));
