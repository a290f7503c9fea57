/** A request contract as the fields of a form, in which pictures may be files. */
import { refTo, type Schema } from './schemas.ts';

export const formType = 'multipart/form-data';

/** Fields that name a stored picture, or bring one as a file. */
const pictureFields: ReadonlySet<string> = new Set(['image', 'mask']);
/** What the path says already. */
const needless: ReadonlySet<string> = new Set(['version', 'kind']);

const binary: Schema = { type: 'string', format: 'binary' };

/** The schema of a form that holds what a contract asks for. */
export function formSchemaOf(name: string, { properties = {}, required = [] }: Schema): Schema {
  const fields = Object.entries(properties as Readonly<Record<string, Schema>>)
    .filter(([field]) => !needless.has(field))
    .map(([field, schema]): [string, Schema] => {
      if (!pictureFields.has(field)) return [field, schema];
      const { description = '' } = schema;
      return [field, { description, anyOf: [binary, { $ref: refTo('AssetId') }] }];
    });
  const hasPictures = fields.some(([field]) => pictureFields.has(field));
  return {
    description: `the fields of ${name}${hasPictures ? ', pictures as files or as ids' : ''}`,
    type: 'object',
    properties: Object.fromEntries(fields),
    required: required.filter((field) => !needless.has(field)),
    additionalProperties: false,
  };
}

/** The fields of a form that may be files. */
export function fileFieldsOf({ properties = {} }: Schema): readonly string[] {
  return Object.keys(properties).filter((field) => pictureFields.has(field));
}
