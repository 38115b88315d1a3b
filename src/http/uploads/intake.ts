import type { Request, Response } from 'express';
import type { OpenFile } from '../../csv/encoding.ts';
import type { CsvLimits, Table } from '../../csv/table.ts';
import { AppError } from '../../errors.ts';
import { clientOf } from '../client.ts';
import { withFirstOutput } from '../parameters/outputs.ts';
import { type UploadFields, uploadFields } from '../parameters/upload.ts';
import { readFields } from '../parameters/values.ts';
import type { Stopping } from '../stopping.ts';
import { whileConnected } from '../while-connected.ts';
import { nameOfFile, nameOfLink } from './file-name.ts';
import { type FetchFile, fetchLinkedFile } from './linked-file.ts';
import { bytesToParse, openTable, readerOf } from './open-table.ts';
import { announcedBytes, type BodyLimits, type ReceivedBody } from './reading/body.ts';
import { gunzipped } from './reading/gunzip.ts';
import { receiveBody } from './reading/receive.ts';
import { createTemporaryFiles, type TemporaryFile, type TemporaryFiles } from './temporary-files.ts';
import type { UploadPlace, UploadPlaces } from './upload-places.ts';

export interface IntakeDeps {
  readonly limits: CsvLimits;
  /** Where and how uploads are received; each file is removed before its response is sent. */
  readonly receive: BodyLimits & {
    readonly directory: string;
    /** A new name in that folder. */
    readonly fileName: () => string;
  };
  /** Limits the uploads in progress. */
  readonly places: UploadPlaces;
  /** Downloads the file of `fileUrl`. */
  readonly fetchFile: FetchFile;
  readonly isWebhookSecret: (text: string) => boolean;
  readonly stopping: Stopping;
}

/** A received table with its options. */
export interface ReceivedTable {
  readonly table: Table;
  /** Bytes that tell it from other uploads: its file, or none for a link, whose file may have changed when it is sent again. */
  readonly identity: OpenFile;
  readonly fields: UploadFields;
  /** As the upload names it, or after its file; null if neither has a name. */
  readonly name: string | null;
}

export type Intake = ReturnType<typeof createIntake>;

/** How a table gets in: a place among the uploads in progress, a body, a file on disk, a table. */
export const createIntake = ({ limits, receive, places, fetchFile, isWebhookSecret, stopping }: IntakeDeps) => {
  const schema = uploadFields(isWebhookSecret);

  const takePlace = (req: Request, res: Response): Promise<UploadPlace> => {
    const announced = announcedBytes(req, receive.maxUploadBytes);
    return whileConnected(res, stopping.giveUp, (signal) => places.take(clientOf(req, res), announced, signal));
  };

  const fetchFor = (
    { fileUrl }: UploadFields,
    files: TemporaryFiles,
    res: Response,
    place: UploadPlace,
  ): Promise<TemporaryFile> => {
    if (fileUrl === undefined) throw new AppError('no_file');
    return whileConnected(res, place.signal, (signal) =>
      fetchLinkedFile(fileUrl, files, fetchFile, signal, (bytes) => place.received(bytes)),
    );
  };

  return {
    /** Runs `use` in a place of its own, which is free again before the response. */
    async inPlace<T>(req: Request, res: Response, use: (place: UploadPlace) => Promise<T>): Promise<T> {
      const place = await takePlace(req, res);
      return use(place).finally(() => place.release());
    },

    /**
     * Receives the table; its temporary files are gone when this resolves, so before the client has the response.
     * @param useFields takes bodies that are no table; null for all others
     */
    async withTable<T>(
      req: Request,
      res: Response,
      place: UploadPlace,
      use: (received: ReceivedTable) => Promise<T>,
      useFields: (body: ReceivedBody) => T | null = () => null,
    ): Promise<T> {
      const files = createTemporaryFiles(receive.directory, receive.fileName);
      try {
        const body = await receiveBody(req, res, receive, {
          files,
          signal: place.signal,
          received: (bytes) => place.received(bytes),
        });
        const used = useFields(body);
        if (used !== null) return used;
        // The query is the only place for options next to a body that is the file itself.
        readFields(schema, req.query);
        const fields = withFirstOutput(readFields(schema, { ...req.query, ...body.fields }));
        const sent = body.file ?? (await fetchFor(fields, files, res, place));
        if (body.file !== null && fields.fileUrl !== undefined) throw fileAndLink();
        const file = await gunzipped(sent, files, receive.maxUploadBytes, (bytes) => place.received(bytes));
        await place.storing(await bytesToParse(file));
        const table = await openTable(file, limits, fields);
        return await use({
          ...{ table, fields, name: nameOf(fields, body.fileName) },
          identity: body.file === null ? nothing : readerOf(file),
        });
      } finally {
        await files.discard();
      }
    },
  };
};

const nameOf = ({ name, fileUrl }: UploadFields, fileName: string | null): string | null => {
  if (name !== undefined && name !== '') return name;
  return fileUrl === undefined ? nameOfFile(fileName ?? '') : nameOfLink(fileUrl);
};

async function* nothing(): AsyncGenerator<Uint8Array> {}

const fileAndLink = (): AppError => {
  const message = 'cannot be combined with a file; send one of the two';
  return new AppError('invalid_field', `fileUrl ${message}.`, { details: { errors: [{ field: 'fileUrl', message }] } });
};
