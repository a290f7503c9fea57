/** Misuse of the graph by its programmer: names the op and the shapes that do not fit. */
export class GraphError extends TypeError {
  override readonly name = 'GraphError';
}
