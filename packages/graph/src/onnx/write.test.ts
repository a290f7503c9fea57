import { fromBinary } from '@bufbuild/protobuf';
import { TensorProto_DataLocation as DataLocation, type GraphProto, ModelProtoSchema } from 'onnx-buf';
import { describe, expect, it } from 'vitest';
import { GraphError } from '../graph-error.ts';
import { linear } from '../layers/linear.ts';
import { Scope } from '../layers/scope.ts';
import { add, cast, mul, scale } from '../ops/elementwise.ts';
import { reshape, split } from '../ops/movement.ts';
import { maxPool } from '../ops/pooling.ts';
import { type Graph, graphOf, input, parameter } from '../value.ts';
import { type Weight, writeOnnx } from './write.ts';

function written(graph: Graph, weights?: Readonly<Record<string, Weight>>): GraphProto {
  const { graph: proto } = fromBinary(
    ModelProtoSchema,
    writeOnnx(graph, new Map(Object.entries(weights ?? {}))),
  );
  if (!proto) throw new Error('the model has no graph');
  return proto;
}

const definitions = (proto: GraphProto): string[] => [
  ...proto.input.map(({ name }) => name),
  ...proto.initializer.map(({ name }) => name),
  ...proto.node.flatMap(({ output }) => output),
];

describe('names', () => {
  it('of inputs, parameters and outputs are kept', () => {
    const y = linear(Scope.root().child('head'), input('x', [2, 3]), 4);
    const proto = written(graphOf({ y }), {
      'head.weight': new Float32Array(12),
      'head.bias': new Float32Array(4),
    });
    expect(proto.input.map(({ name }) => name)).toEqual(['x']);
    expect(proto.initializer.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['head.weight', 'head.bias']),
    );
    expect(proto.output.map(({ name }) => name)).toEqual(['y']);
  });

  it('given by number pass over those of the graph', () => {
    const inputs = ['v0', 'v1', 'v2', 'list0', 'list1'].map((name) => input(name, [4]));
    const sum = inputs.reduce((total, value) => mul(add(total, value), scale(value, 2)));
    const names = definitions(written(graphOf({ v3: reshape(sum, [2, 2]), v4: add(sum, sum) })));
    expect(new Set(names).size).toBe(names.length);
  });

  it('of lists are shared among equal lists', () => {
    const [a, b] = [input('a', [4]), input('b', [4])];
    const proto = written(graphOf({ c: reshape(a, [2, 2]), d: reshape(b, [2, 2]) }));
    expect(proto.initializer).toHaveLength(1);
  });
});

describe('outputs that nobody reads', () => {
  it('are left out where the op may do without', () => {
    const pooled = maxPool(input('x', [1, 1, 4, 4]), { kernel: [2, 2] });
    expect(written(graphOf({ pooled })).node[0]?.output).toEqual(['pooled']);
    const places = pooled.node.outputs[1] as typeof pooled;
    expect(written(graphOf({ places })).node[0]?.output).toHaveLength(2);
  });

  it('stay where their number matters', () => {
    const [first] = split(input('x', [4]), 2, 0) as [ReturnType<typeof input>];
    expect(written(graphOf({ first })).node[0]?.output).toHaveLength(2);
  });
});

describe('an output of its own node', () => {
  it('is made for an input, a parameter and a repeated output', () => {
    const [x, w] = [input('x', [2]), parameter('w', [2])];
    const y = add(x, w);
    const proto = written(graphOf({ y, again: y, same: x, weight: w }), { w: new Float32Array(2) });
    const identities = proto.node.filter(({ opType }) => opType === 'Identity');
    expect(identities.map(({ input: from, output: to }) => [from[0], to[0]])).toEqual([
      ['y', 'again'],
      ['x', 'same'],
      ['w', 'weight'],
    ]);
  });
});

describe('weights', () => {
  const graph = graphOf({ y: add(input('x', [2, 3]), parameter('w', [2, 3])) });
  const half = graphOf({ y: cast(parameter('w', [2, 3], 'float16'), 'float32') });

  it('are written as raw little-endian float32', () => {
    const [w] = written(graph, { w: new Float32Array([1, 0, 0, 0, 0, -2]) }).initializer;
    expect([...(w?.rawData ?? []).slice(0, 4)]).toEqual([0, 0, 0x80, 0x3f]);
    expect(w?.dims).toEqual([2n, 3n]);
  });

  it('of float16 are narrowed', () => {
    const [w] = written(half, { w: new Float32Array([1, 0, 0, 0, 0, -2]) }).initializer;
    expect([...(w?.rawData ?? [])]).toEqual([0, 0x3c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xc0]);
  });

  it('in a file are named by their place alone', () => {
    const [w] = written(graph, { w: { file: 'unet.bin', offset: 128, length: 24 } }).initializer;
    expect(w?.rawData).toHaveLength(0);
    expect(w?.dataLocation).toBe(DataLocation.EXTERNAL);
    expect(w?.externalData.map(({ key, value }) => [key, value])).toEqual([
      ['location', 'unet.bin'],
      ['offset', '128'],
      ['length', '24'],
    ]);
  });

  it.each<[string, Record<string, Weight>, string]>([
    ['none', {}, 'no weight for parameter "w" [2, 3]'],
    ['too few elements', { w: new Float32Array(5) }, 'weight "w": 5 elements do not fill float32 [2, 3]'],
    [
      'too many bytes',
      { w: { file: 'f', offset: 0, length: 28 } },
      'weight "w": 7 elements do not fill float32 [2, 3]',
    ],
  ])('are refused when there are %s', (_title, weights, message) => {
    const writing = (): GraphProto => written(graph, weights);
    expect(writing).toThrow(GraphError);
    expect(writing).toThrow(message);
  });

  it('that are fed are not stored', () => {
    const w = parameter('w', [2]);
    const proto = written(graphOf({ y: add(input('x', [2]), w) }, [w]));
    expect(proto.initializer).toEqual([]);
    expect(proto.input.map(({ name }) => name)).toEqual(['x', 'w']);
  });
});
