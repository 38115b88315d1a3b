/**
 * Types of the API, made of its OpenAPI document by `npm run generate`.
 */
// biome-ignore-all format: generated
// biome-ignore-all lint: generated

export interface paths {
    "/api/upload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a CSV of products with image URLs
         * @description Returns once the request and all its images are stored durably. The file may be in any field of a form, or be the body itself (`text/csv`, `text/plain`, `application/vnd.ms-excel`, `application/octet-stream` and the like, also with `Content-Encoding: gzip`) with the fields in the query. A CSV of up to 1 MiB may be the text of the field `file` or `csv` of a form or of JSON. With `fileUrl` the file is downloaded.
         */
        post: operations["upload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/preview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Check a file, or try up to 3 images
         * @description Takes what an upload takes and stores nothing. Errors of the file are part of the response. With `urls` instead of a file, 1 to 3 images are downloaded and compressed with the given options, of several `outputs` to the first, and their outputs are part of the response (`TrialAnswer`), as are their errors; options of files and webhooks have no effect. That takes up to a minute; a client has one such call at a time.
         */
        post: operations["preview"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/status/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Progress and one page of the images */
        get: operations["status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The newest requests */
        get: operations["list"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/requests/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a request with its images
         * @description It is stopped and gone from every response at once, and no webhook is sent. Its images and files are removed when those in flight have ended, usually within seconds.
         */
        delete: operations["remove"];
        options?: never;
        head?: never;
        /**
         * Give a request another name
         * @description Webhooks that are on their way keep the name before.
         */
        patch: operations["rename"];
        trace?: never;
    };
    "/api/events/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Live progress as server-sent events
         * @description The server sends a `progress` event on connect and on each change, at most about twice a second, and an `end` event with the final state before it closes the stream. The data of both is a `RequestSummary`. The schema is that of one event. With `Last-Event-ID`, nothing is sent until something has changed. A comment is sent every 15 seconds. Browsers reconnect automatically after a lost connection, but not after a status other than 200.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/output/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The uploaded CSV with a column of output URLs */
        get: operations["output"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/errors/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The uploaded rows with failed images
         * @description The uploaded columns, then `Error Code`, `Error` and `What To Do`. The image cells have only the failed URLs, so that the corrected file can be uploaded as it is. Only the header row if no image has failed.
         */
        get: operations["errors"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cancel/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel what has not started
         * @description Images in flight may still finish. Idempotent.
         */
        post: operations["cancel"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/retry/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry the failed and cancelled images
         * @description Starts a new run of the request, with its own completion event. Skipped images are left out: their URLs are invalid. With `corrections`, only the images that these name get their new URL and are retried, skipped ones included. If one of them is invalid, nothing is retried.
         */
        post: operations["retry"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every attempt to deliver the webhook */
        get: operations["deliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/deliveries/{requestId}/redeliver": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the newest webhook again
         * @description With the same `webhook-id` and body, immediately and with a new retry schedule. Refused while an attempt is in flight.
         */
        post: operations["redeliver"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/archive/{requestId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A ZIP of the outputs
         * @description Streamed. By default one folder per row, with its images numbered as in the input.
         */
        get: operations["archive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/processed_images/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An output image
         * @description Cacheable for a year; supports `Range` and `If-None-Match`. Requires no key, because its name cannot be guessed.
         */
        get: operations["image"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process is running */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the service can accept work */
        get: operations["ready"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Metrics for Prometheus */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "request.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A request has finished
         * @description Sent to the `webhookUrl` of the upload when its last image is finished, by the rules of Standard Webhooks 1.0. It is repeated until the receiver accepts it, for about three days.
         */
        post: operations["requestCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        UploadAnswer: {
            /** Format: uuid */
            requestId: string;
            file: {
                /** @enum {string} */
                kind: "csv" | "xlsx";
                /** @description As detected; null for a workbook. */
                encoding: ("utf-8" | "utf-16le" | "utf-16be" | "windows-1252") | null;
                /** @description As detected; null for a workbook. */
                delimiter: ("," | ";" | "\t" | "|") | null;
                /** @description Name of the sheet; null for a CSV. */
                sheet: string | null;
                /** @description Line of the header row, counted from 1. */
                headerLine: number;
                columns: {
                    /** @description Names of the image columns. */
                    images: string[];
                    serialNumber: string | null;
                    productName: string | null;
                };
                rows: number;
                /** @description Rows without an image URL; they come back with an empty cell. */
                rowsWithoutImages: number;
                images: number;
                /** @description What was corrected or left alone. */
                notes: {
                    /** @enum {string} */
                    code: "invisible_characters" | "quotes" | "html_entities" | "column_without_urls" | "links_not_read";
                    count: number;
                    /** @description The first line where it occurs. */
                    line: number;
                    message: string;
                }[];
            };
        };
        /** @description What an upload of the file would find. */
        PreviewAnswer: {
            /** @description As in the response to the upload; null if no image column was found. */
            file: {
                /** @enum {string} */
                kind: "csv" | "xlsx";
                /** @description As detected; null for a workbook. */
                encoding: ("utf-8" | "utf-16le" | "utf-16be" | "windows-1252") | null;
                /** @description As detected; null for a workbook. */
                delimiter: ("," | ";" | "\t" | "|") | null;
                /** @description Name of the sheet; null for a CSV. */
                sheet: string | null;
                /** @description Line of the header row, counted from 1. */
                headerLine: number;
                columns: {
                    /** @description Names of the image columns. */
                    images: string[];
                    serialNumber: string | null;
                    productName: string | null;
                };
                rows: number;
                /** @description Rows without an image URL; they come back with an empty cell. */
                rowsWithoutImages: number;
                images: number;
                /** @description What was corrected or left alone. */
                notes: {
                    /** @enum {string} */
                    code: "invisible_characters" | "quotes" | "html_entities" | "column_without_urls" | "links_not_read";
                    count: number;
                    /** @description The first line where it occurs. */
                    line: number;
                    message: string;
                }[];
            } | null;
            /** @description Names of the sheets of a workbook, for `sheet`; empty for a CSV. */
            sheets: string[];
            /** @description Names of all columns. */
            header: string[];
            /** @description The first rows. */
            sample: {
                line: number;
                /** @description Each cut to 200 characters. */
                cells: string[];
                serialNumber: string;
                productName: string;
                images: {
                    url: string;
                    /** @description Name of its column. */
                    column: string;
                }[];
            }[];
            /** @description What an upload would be rejected for. */
            errors: {
                /** @description Physical line of the file, counted from 1. */
                line: number;
                /** @description Name of the column; null if the error is not in one column. */
                column: string | null;
                /** @enum {string} */
                code: "csv_empty" | "csv_not_text" | "csv_spreadsheet" | "csv_html" | "csv_invalid_encoding" | "csv_missing_column" | "csv_no_rows" | "csv_unclosed_quote" | "csv_row_too_long" | "csv_too_many_columns" | "csv_value_too_long" | "csv_no_urls" | "csv_invalid_url" | "csv_bucket_not_allowed" | "csv_too_many_rows" | "csv_too_many_urls";
                message: string;
            }[];
            /** @description Number of all errors, including those not listed. */
            errorCount: number;
            /** @description Number of errors of each kind, the most frequent first. */
            errorKinds: {
                /** @enum {string} */
                code: "csv_empty" | "csv_not_text" | "csv_spreadsheet" | "csv_html" | "csv_invalid_encoding" | "csv_missing_column" | "csv_no_rows" | "csv_unclosed_quote" | "csv_row_too_long" | "csv_too_many_columns" | "csv_value_too_long" | "csv_no_urls" | "csv_invalid_url" | "csv_bucket_not_allowed" | "csv_too_many_rows" | "csv_too_many_urls";
                count: number;
            }[];
        };
        /** @description Images as an upload with these options would compress them. */
        TrialAnswer: {
            /** @description In the order of `urls`. */
            images: {
                /** @description As uploaded; passwords and credentials in the query are replaced by `***`. */
                inputUrl: string;
                contentType: ("image/jpeg" | "image/webp" | "image/avif" | "image/png") | null;
                bytesIn: number | null;
                bytesOut: number | null;
                width: number | null;
                height: number | null;
                notes: ("kept_original" | "first_frame_only" | "thumbnail_skipped" | "extra_channels_dropped" | "resized" | "profile_converted" | "uncalibrated_colours" | "share_link")[];
                /** @description The output; null if it failed, or has more than 4 MiB. */
                data: string | null;
                error: {
                    /** @enum {string} */
                    code: "invalid_url" | "address_not_allowed" | "port_not_allowed" | "source_bucket_not_allowed" | "host_not_found" | "connection_failed" | "tls_failed" | "download_timeout" | "download_truncated" | "source_unauthorized" | "source_not_found" | "source_rate_limited" | "source_unavailable" | "source_rejected" | "too_many_redirects" | "invalid_redirect" | "partial_content" | "image_too_large" | "too_many_pixels" | "too_many_frames" | "empty_image" | "not_an_image" | "unsupported_image_format" | "corrupt_image" | "processing_timeout" | "storage_failed" | "worker_crashed" | "attempts_exhausted";
                    message: string;
                } | null;
            }[];
        };
        AnyPreviewAnswer: components["schemas"]["PreviewAnswer"] | components["schemas"]["TrialAnswer"];
        RequestAnswer: {
            /** Format: uuid */
            requestId: string;
        };
        /** @description Progress of a request and one page of its images. */
        StatusAnswer: {
            /** Format: uuid */
            requestId: string;
            /** @description As in the upload, or that of its file; null if it has none. */
            name: string | null;
            /** @description As in the upload. */
            label: string | null;
            /** @description As in the upload; empty if it had none. */
            metadata: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "completed_with_errors" | "failed" | "cancelled";
            /** @description It was cancelled, and its images in flight are being finished. */
            stopping: boolean;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /** @description When the first image of the current run began. */
            startedAt: string | null;
            finishedAt: string | null;
            options: {
                quality: number;
                /** @enum {string} */
                format: "jpeg" | "webp" | "avif" | "png";
                mozjpeg: boolean;
                progressive: boolean;
                maxWidth?: number;
                maxHeight?: number;
                background?: string;
                /** @enum {string} */
                metadata?: "none" | "rights";
                /** @description If there are several; `format` and `quality` are those of the first. */
                outputs?: {
                    /** @enum {string} */
                    format: "jpeg" | "webp" | "avif" | "png";
                    quality: number;
                    /** @description Longest side in pixels. */
                    maxSide?: number;
                }[];
            };
            progress: {
                total: number;
                completed: number;
                failed: number;
                /** @description How many of the failed images were never tried: their URLs are invalid, and the upload had `onInvalidRow=skip`. A retry leaves them out. */
                skipped: number;
                cancelled: number;
                pending: number;
                /** @description 100 only when all images have finished. */
                percent: number;
            };
            run: {
                /** @description 1, and one more with each retry. */
                number: number;
                /** @description Images that were finished when the run began: completed in earlier runs, or skipped. Absent if an earlier version began it. */
                finishedBefore?: number;
            };
            bytes: {
                in: number;
                out: number;
                /** @description Negative when the outputs are larger. */
                savedPercent: number;
            };
            /** @description The image server that most images of the request wait for, and how many connections it gets at the moment. Absent while none wait for one. */
            limitedBy?: {
                host: string;
                connections: number;
            };
            webhook: {
                url: string;
                /** @enum {string} */
                state: "waiting" | "pending" | "delivered" | "failed" | "gone";
                attempts: number;
                lastStatus: number | null;
            } | null;
            /** @description Available shortly after the request has finished; null before. */
            report: {
                /** @description The rows with the largest savings, largest first. */
                products: {
                    /** @description Data row of the file, counted from 1. Absent in reports of earlier versions. */
                    row?: number;
                    serialNumber: string;
                    productName: string;
                    /** @description Completed images; the other numbers are for these. */
                    images: number;
                    bytesIn: number;
                    bytesOut: number;
                    savedPercent: number;
                }[];
                /** @description Rows with images. */
                productCount: number;
                /** @description Most frequent first. */
                failures: {
                    /** @enum {string} */
                    code: "invalid_url" | "address_not_allowed" | "port_not_allowed" | "source_bucket_not_allowed" | "host_not_found" | "connection_failed" | "tls_failed" | "download_timeout" | "download_truncated" | "source_unauthorized" | "source_not_found" | "source_rate_limited" | "source_unavailable" | "source_rejected" | "too_many_redirects" | "invalid_redirect" | "partial_content" | "image_too_large" | "too_many_pixels" | "too_many_frames" | "empty_image" | "not_an_image" | "unsupported_image_format" | "corrupt_image" | "processing_timeout" | "storage_failed" | "worker_crashed" | "attempts_exhausted";
                    count: number;
                    /** @description Origins of the failed URLs; null if a URL has none. */
                    origins: {
                        origin: string | null;
                        count: number;
                    }[];
                }[];
                /** @description Sources that are the same under at least 10 different URLs, most frequent first; often a placeholder such as “no image available”. Absent in reports of earlier versions. */
                sameBytes?: {
                    /** @description Completed images whose sources have the same bytes. */
                    count: number;
                    /** @description Size of the source. */
                    bytes: number;
                    /** @description Without credentials, cut at 200 characters. */
                    exampleUrls: string[];
                }[];
                /** @description How much the images saved, and which stand out. Absent in reports of earlier versions. */
                savings?: {
                    /** @description Completed images by how many percent they saved. */
                    bands: {
                        /** @description Null for those that grew. */
                        fromPercent: number | null;
                        toPercent: number;
                        count: number;
                    }[];
                    grew: {
                        count: number;
                        /** @description The largest of them. */
                        images: {
                            /** Format: uuid */
                            id: string;
                            row: number;
                            productName: string;
                            bytesIn: number;
                            bytesOut: number;
                        }[];
                    };
                    /** @description Stored as they were, as they would have grown. */
                    keptOriginal: {
                        count: number;
                        /** @description The largest of them. */
                        images: {
                            /** Format: uuid */
                            id: string;
                            row: number;
                            productName: string;
                            bytesIn: number;
                            bytesOut: number;
                        }[];
                    };
                    /** @description Less than 10%. */
                    hardlySaved: {
                        count: number;
                        /** @description The largest of them. */
                        images: {
                            /** Format: uuid */
                            id: string;
                            row: number;
                            productName: string;
                            bytesIn: number;
                            bytesOut: number;
                        }[];
                    };
                };
            } | null;
            products: {
                /** @description Data row of the file, counted from 1; blank rows do not count. */
                row: number;
                serialNumber: string;
                productName: string;
                images: {
                    /** Format: uuid */
                    id: string;
                    /** @description Position in its row, counted from 0. */
                    index: number;
                    /** @description As uploaded; passwords and credentials in the query are replaced by `***`. */
                    inputUrl: string;
                    /** @enum {string} */
                    status: "pending" | "processing" | "completed" | "failed" | "cancelled";
                    /** Format: uri */
                    outputUrl: string | null;
                    contentType: ("image/jpeg" | "image/webp" | "image/avif" | "image/png") | null;
                    bytesIn: number | null;
                    bytesOut: number | null;
                    width: number | null;
                    height: number | null;
                    notes: ("kept_original" | "first_frame_only" | "thumbnail_skipped" | "extra_channels_dropped" | "resized" | "profile_converted" | "uncalibrated_colours" | "share_link")[];
                    attempts: number;
                    error: {
                        /** @enum {string} */
                        code: "invalid_url" | "address_not_allowed" | "port_not_allowed" | "source_bucket_not_allowed" | "host_not_found" | "connection_failed" | "tls_failed" | "download_timeout" | "download_truncated" | "source_unauthorized" | "source_not_found" | "source_rate_limited" | "source_unavailable" | "source_rejected" | "too_many_redirects" | "invalid_redirect" | "partial_content" | "image_too_large" | "too_many_pixels" | "too_many_frames" | "empty_image" | "not_an_image" | "unsupported_image_format" | "corrupt_image" | "processing_timeout" | "storage_failed" | "worker_crashed" | "attempts_exhausted";
                        message: string;
                    } | null;
                    /**
                     * @description Failed without an attempt, as its URL is invalid and the upload had `onInvalidRow=skip`.
                     * @constant
                     */
                    skipped?: true;
                    /** @description All outputs in the order of the upload, the first included; empty until the image is completed. Only of uploads with several `outputs`. */
                    outputs?: {
                        /** @enum {string} */
                        format: "jpeg" | "webp" | "avif" | "png";
                        quality: number;
                        width: number;
                        height: number;
                        bytes: number;
                        /** Format: uri */
                        url: string;
                    }[];
                }[];
            }[];
            /** @description Path of the next page; null on the last page. */
            next: string | null;
        };
        /** @description A request without its images. */
        RequestSummary: {
            /** Format: uuid */
            requestId: string;
            /** @description As in the upload, or that of its file; null if it has none. */
            name: string | null;
            /** @description As in the upload. */
            label: string | null;
            /** @description As in the upload; empty if it had none. */
            metadata: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "queued" | "processing" | "completed" | "completed_with_errors" | "failed" | "cancelled";
            /** @description It was cancelled, and its images in flight are being finished. */
            stopping: boolean;
            /**
             * Format: date-time
             * @example 2026-01-31T12:00:00.000Z
             */
            createdAt: string;
            /** @description When the first image of the current run began. */
            startedAt: string | null;
            finishedAt: string | null;
            options: {
                quality: number;
                /** @enum {string} */
                format: "jpeg" | "webp" | "avif" | "png";
                mozjpeg: boolean;
                progressive: boolean;
                maxWidth?: number;
                maxHeight?: number;
                background?: string;
                /** @enum {string} */
                metadata?: "none" | "rights";
                /** @description If there are several; `format` and `quality` are those of the first. */
                outputs?: {
                    /** @enum {string} */
                    format: "jpeg" | "webp" | "avif" | "png";
                    quality: number;
                    /** @description Longest side in pixels. */
                    maxSide?: number;
                }[];
            };
            progress: {
                total: number;
                completed: number;
                failed: number;
                /** @description How many of the failed images were never tried: their URLs are invalid, and the upload had `onInvalidRow=skip`. A retry leaves them out. */
                skipped: number;
                cancelled: number;
                pending: number;
                /** @description 100 only when all images have finished. */
                percent: number;
            };
            run: {
                /** @description 1, and one more with each retry. */
                number: number;
                /** @description Images that were finished when the run began: completed in earlier runs, or skipped. Absent if an earlier version began it. */
                finishedBefore?: number;
            };
            bytes: {
                in: number;
                out: number;
                /** @description Negative when the outputs are larger. */
                savedPercent: number;
            };
            /** @description The image server that most images of the request wait for, and how many connections it gets at the moment. Absent while none wait for one. */
            limitedBy?: {
                host: string;
                connections: number;
            };
        };
        ProgressEvent: {
            /** @enum {string} */
            event: "progress" | "end";
            /** @description Id of the state; the same if nothing has changed. */
            id: string;
            /** @description A `RequestSummary` as JSON. */
            data: string;
        };
        ListAnswer: {
            requests: components["schemas"]["RequestSummary"][];
            /** @description Path of the next page; null on the last page. */
            next: string | null;
        };
        DeliveriesAnswer: {
            /** Format: uuid */
            requestId: string;
            deliveries: {
                /** @description The `webhook-id`, the same for every attempt. */
                id: string;
                type: string;
                /** @description Starts at 1 and increases with each retry of the request. */
                run: number;
                url: string;
                /** @enum {string} */
                state: "pending" | "delivered" | "failed" | "gone";
                /** @description Whether an attempt is in flight. */
                sending: boolean;
                /**
                 * Format: date-time
                 * @example 2026-01-31T12:00:00.000Z
                 */
                createdAt: string;
                /** @description When the next attempt is due, or the one in flight is given up; null once it has ended. */
                nextAttemptAt: string | null;
                attempts: number;
                redeliveries: number;
                lastStatus: number | null;
                /** @description Newest first. */
                log: {
                    /**
                     * Format: date-time
                     * @example 2026-01-31T12:00:00.000Z
                     */
                    at: string;
                    /** @description HTTP status of the response; null if there was none. */
                    status: number | null;
                    durationMs: number;
                    error: string | null;
                    /** @description Start of the response body. */
                    answer: string | null;
                }[];
            }[];
        };
        RedeliverAnswer: {
            /** Format: uuid */
            requestId: string;
            webhookId: string;
        };
        /** @description A run of a request has finished, whatever came of it. */
        CompletionEvent: {
            /** @constant */
            type: "request.completed";
            /**
             * Format: date-time
             * @description When the request finished.
             * @example 2026-01-31T12:00:00.000Z
             */
            timestamp: string;
            data: {
                /** Format: uuid */
                requestId: string;
                /** @description As in the upload, or that of its file; null if it has none. */
                name: string | null;
                /** @description As in the upload. */
                label: string | null;
                /** @description As in the upload; empty if it had none. */
                metadata: {
                    [key: string]: string;
                };
                /** @enum {string} */
                status: "queued" | "processing" | "completed" | "completed_with_errors" | "failed" | "cancelled";
                progress: {
                    total: number;
                    completed: number;
                    failed: number;
                    /** @description How many of the failed images were never tried: their URLs are invalid, and the upload had `onInvalidRow=skip`. A retry leaves them out. */
                    skipped: number;
                    cancelled: number;
                    pending: number;
                    /** @description 100 only when all images have finished. */
                    percent: number;
                };
                bytes: {
                    in: number;
                    out: number;
                    /** @description Negative when the outputs are larger. */
                    savedPercent: number;
                };
                /** Format: uri */
                statusUrl: string;
                /** Format: uri */
                outputUrl: string;
            };
        };
        /** @description A problem document (RFC 9457). */
        Problem: {
            /**
             * Format: uri
             * @example urn:bulk-image-processor:problem:request_not_found
             */
            type: string;
            title: string;
            status: number;
            /** @enum {string} */
            code: "invalid_request" | "invalid_field" | "no_file" | "too_many_files" | "unauthorized" | "forbidden" | "route_not_found" | "request_not_found" | "webhook_not_found" | "image_not_found" | "method_not_allowed" | "request_timeout" | "not_finished" | "already_finished" | "nothing_to_retry" | "delivery_in_progress" | "idempotency_key_in_use" | "upload_too_large" | "unsupported_media_type" | "precondition_failed" | "range_not_satisfiable" | "csv_invalid" | "idempotency_key_reused" | "file_not_fetched" | "rate_limited" | "quota_exceeded" | "too_many_uploads" | "too_many_previews" | "headers_too_large" | "internal_error" | "database_unavailable" | "storage_unavailable" | "storage_misconfigured" | "previews_busy" | "previews_unavailable" | "uploads_busy" | "disk_full" | "too_many_reads" | "too_many_listeners" | "shutting_down";
            /** @description Human-readable: what is wrong and how to fix it. */
            detail: string;
            /** @description Id of this call in the server log; also in `X-Request-Id`, whose value is that of the request if it had one. */
            instance: string;
            /** @description With `csv_invalid`, up to 100 errors of the CSV; with `invalid_field`, the fields. */
            errors?: ({
                /** @description Physical line of the file, counted from 1. */
                line: number;
                /** @description Name of the column; null if the error is not in one column. */
                column: string | null;
                /** @enum {string} */
                code: "csv_empty" | "csv_not_text" | "csv_spreadsheet" | "csv_html" | "csv_invalid_encoding" | "csv_missing_column" | "csv_no_rows" | "csv_unclosed_quote" | "csv_row_too_long" | "csv_too_many_columns" | "csv_value_too_long" | "csv_no_urls" | "csv_invalid_url" | "csv_bucket_not_allowed" | "csv_too_many_rows" | "csv_too_many_urls";
                message: string;
            } | {
                field: string;
                message: string;
            })[];
            /** @description With `csv_invalid`: number of all errors, including those not listed. */
            errorCount?: number;
            /** @description With `csv_invalid`: number of errors of each kind, the most frequent first. */
            errorKinds?: {
                /** @enum {string} */
                code: "csv_empty" | "csv_not_text" | "csv_spreadsheet" | "csv_html" | "csv_invalid_encoding" | "csv_missing_column" | "csv_no_rows" | "csv_unclosed_quote" | "csv_row_too_long" | "csv_too_many_columns" | "csv_value_too_long" | "csv_no_urls" | "csv_invalid_url" | "csv_bucket_not_allowed" | "csv_too_many_rows" | "csv_too_many_urls";
                count: number;
            }[];
            /** @description With `quota_exceeded`: `MAX_QUEUED_IMAGES`. */
            limit?: number;
            /** @description With `quota_exceeded`: unfinished images that count towards the limit. */
            queued?: number;
            /** @description With `quota_exceeded`: images of the rejected upload. */
            added?: number;
        };
        HealthAnswer: {
            /** @constant */
            status: "ok";
            uptimeSeconds: number;
        };
        ReadyAnswer: {
            /** @enum {string} */
            status: "ready" | "not_ready";
            checks: {
                [key: string]: {
                    ok: boolean;
                    reason?: string;
                };
            };
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    upload: {
        parameters: {
            query?: {
                /** @description A name for the job. By default that of the file, without its ending. */
                name?: string;
                /** @description Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters. */
                label?: string;
                /** @description Receives one POST request when the job finishes. */
                webhookUrl?: string;
                /** @description Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64. */
                webhookSecret?: string;
                /** @description Address of the file, instead of a file: any http(s) URL, or the link of a Google Sheet that anyone may view. */
                fileUrl?: string;
                /** @description Quality of the outputs, by default 50. */
                quality?: number;
                /** @description Format of the outputs, by default `jpeg`. */
                format?: "jpeg" | "webp" | "avif" | "png";
                /** @description Up to 5 outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first is in place of `format` and `quality`, which cannot be sent as well. */
                outputs?: string;
                /** @description Smaller JPEG files, several times slower. Only with `format` `jpeg`. */
                mozjpeg?: boolean;
                /** @description Progressive JPEG files. Only with `format` `jpeg`. */
                progressive?: boolean;
                /** @description Maximum width of the outputs in pixels, after turning them upright. None is enlarged. */
                maxWidth?: number;
                /** @description Maximum height, likewise. */
                maxHeight?: number;
                /** @description Colour behind transparent sources in JPEG, for example `#ffffff`, the default. */
                background?: string;
                /** @description `none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP. */
                keepMetadata?: "none" | "rights";
                /** @description A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the object itself. `none` or `rights` is taken as `keepMetadata`. */
                metadata?: string;
                /** @description `reject` a file with an invalid URL, or `skip` the invalid ones. */
                onInvalidRow?: "reject" | "skip";
                /** @description Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name is blank, repeated or contains a comma. Detected by default. */
                imageColumns?: string[];
                /** @description The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it. */
                sheet?: string;
                /** @description The column of the product names by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                nameColumn?: string;
                /** @description The column of the serial numbers by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                serialColumn?: string;
                /** @description Output URLs in columns of their own, or in place of the input URLs. */
                output?: "add" | "replace";
                /** @description `escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them. */
                formulas?: "escape" | "keep";
                /** @description The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252. */
                bom?: boolean;
            };
            header?: {
                /** @description Chosen by the client for one upload, for example a UUID. Sending it again with the same file and fields returns the same `requestId`. Surrounding quotes are removed. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "S. No.,Product Name,Input Image Urls\r\n1,\"Stoneware Mug \"\"Lagoon\"\", 350 ml\",http://127.0.0.1:8099/mug.jpg\r\n2,Brass Pendant Lamp,\"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg\"\r\n"
                 *     }
                 */
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The CSV, plain or as .csv.gz.
                     * @example S. No.,Product Name,Input Image Urls
                     *     1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg
                     *     2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg"
                     */
                    file: Blob;
                    /**
                     * @description A name for the job. By default that of the file, without its ending.
                     * @example Spring catalogue
                     */
                    name?: string;
                    /**
                     * @description Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters.
                     * @example spring-2026
                     */
                    label?: string;
                    /**
                     * Format: uri
                     * @description Receives one POST request when the job finishes.
                     * @example https://shop.example/hooks/images
                     */
                    webhookUrl?: string;
                    /**
                     * @description Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.
                     * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                     */
                    webhookSecret?: string;
                    /** @description Quality of the outputs, by default 50. */
                    quality?: number;
                    /**
                     * @description Format of the outputs, by default `jpeg`.
                     * @enum {string}
                     */
                    format?: "jpeg" | "webp" | "avif" | "png";
                    /**
                     * @description Up to 5 outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first is in place of `format` and `quality`, which cannot be sent as well.
                     * @example jpeg:50,webp:50:1600,avif:45:800
                     */
                    outputs?: string;
                    /**
                     * @description Smaller JPEG files, several times slower. Only with `format` `jpeg`.
                     * @default false
                     */
                    mozjpeg?: boolean;
                    /**
                     * @description Progressive JPEG files. Only with `format` `jpeg`.
                     * @default false
                     */
                    progressive?: boolean;
                    /** @description Maximum width of the outputs in pixels, after turning them upright. None is enlarged. */
                    maxWidth?: number;
                    /** @description Maximum height, likewise. */
                    maxHeight?: number;
                    /** @description Colour behind transparent sources in JPEG, for example `#ffffff`, the default. */
                    background?: string;
                    /**
                     * @description `none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP.
                     * @enum {string}
                     */
                    keepMetadata?: "none" | "rights";
                    /**
                     * @description A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the object itself. `none` or `rights` is taken as `keepMetadata`.
                     * @example {"order":"4711"}
                     */
                    metadata?: string;
                    /**
                     * @description `reject` a file with an invalid URL, or `skip` the invalid ones.
                     * @default reject
                     * @enum {string}
                     */
                    onInvalidRow?: "reject" | "skip";
                    /** @description Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name is blank, repeated or contains a comma. Detected by default. */
                    imageColumns?: string[];
                    /** @description The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it. */
                    sheet?: string;
                    /** @description The column of the product names by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    nameColumn?: string;
                    /** @description The column of the serial numbers by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    serialColumn?: string;
                    /**
                     * @description Output URLs in columns of their own, or in place of the input URLs.
                     * @default add
                     * @enum {string}
                     */
                    output?: "add" | "replace";
                    /**
                     * @description `escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them.
                     * @default escape
                     * @enum {string}
                     */
                    formulas?: "escape" | "keep";
                    /** @description The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252. */
                    bom?: boolean;
                };
                "text/csv": string;
                "application/octet-stream": Blob;
                /**
                 * @example {
                 *       "fileUrl": "http://127.0.0.1:8099/products.csv"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description A name for the job. By default that of the file, without its ending.
                     * @example Spring catalogue
                     */
                    name?: string;
                    /**
                     * @description Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters.
                     * @example spring-2026
                     */
                    label?: string;
                    /**
                     * Format: uri
                     * @description Receives one POST request when the job finishes.
                     * @example https://shop.example/hooks/images
                     */
                    webhookUrl?: string;
                    /**
                     * @description Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.
                     * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                     */
                    webhookSecret?: string;
                    /**
                     * Format: uri
                     * @description Address of the file, instead of a file: any http(s) URL, or the link of a Google Sheet that anyone may view.
                     */
                    fileUrl: string;
                    /** @description Quality of the outputs, by default 50. */
                    quality?: number;
                    /**
                     * @description Format of the outputs, by default `jpeg`.
                     * @enum {string}
                     */
                    format?: "jpeg" | "webp" | "avif" | "png";
                    /**
                     * @description Up to 5 outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first is in place of `format` and `quality`, which cannot be sent as well.
                     * @example jpeg:50,webp:50:1600,avif:45:800
                     */
                    outputs?: string;
                    /**
                     * @description Smaller JPEG files, several times slower. Only with `format` `jpeg`.
                     * @default false
                     */
                    mozjpeg?: boolean;
                    /**
                     * @description Progressive JPEG files. Only with `format` `jpeg`.
                     * @default false
                     */
                    progressive?: boolean;
                    /** @description Maximum width of the outputs in pixels, after turning them upright. None is enlarged. */
                    maxWidth?: number;
                    /** @description Maximum height, likewise. */
                    maxHeight?: number;
                    /** @description Colour behind transparent sources in JPEG, for example `#ffffff`, the default. */
                    background?: string;
                    /**
                     * @description `none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP.
                     * @enum {string}
                     */
                    keepMetadata?: "none" | "rights";
                    /**
                     * @description A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the object itself. `none` or `rights` is taken as `keepMetadata`.
                     * @example {"order":"4711"}
                     */
                    metadata?: string;
                    /**
                     * @description `reject` a file with an invalid URL, or `skip` the invalid ones.
                     * @default reject
                     * @enum {string}
                     */
                    onInvalidRow?: "reject" | "skip";
                    /** @description Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name is blank, repeated or contains a comma. Detected by default. */
                    imageColumns?: string[];
                    /** @description The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it. */
                    sheet?: string;
                    /** @description The column of the product names by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    nameColumn?: string;
                    /** @description The column of the serial numbers by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    serialColumn?: string;
                    /**
                     * @description Output URLs in columns of their own, or in place of the input URLs.
                     * @default add
                     * @enum {string}
                     */
                    output?: "add" | "replace";
                    /**
                     * @description `escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them.
                     * @default escape
                     * @enum {string}
                     */
                    formulas?: "escape" | "keep";
                    /** @description The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252. */
                    bom?: boolean;
                };
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    /** @description Path of the status. */
                    Location: string;
                    /** @description `true` if an upload with the same `Idempotency-Key` was already accepted. */
                    "Idempotency-Replayed"?: "true";
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                     *       "file": {
                     *         "kind": "csv",
                     *         "encoding": "utf-8",
                     *         "delimiter": ",",
                     *         "sheet": null,
                     *         "headerLine": 1,
                     *         "columns": {
                     *           "images": [
                     *             "Input Image Urls"
                     *           ],
                     *           "serialNumber": "S. No.",
                     *           "productName": "Product Name"
                     *         },
                     *         "rows": 2,
                     *         "rowsWithoutImages": 0,
                     *         "images": 3,
                     *         "notes": []
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["UploadAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field`, `no_file`, `too_many_files` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout: `request_timeout` */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `idempotency_key_in_use` */
            409: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large: `upload_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity: `csv_invalid`, `idempotency_key_reused` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `quota_exceeded`, `too_many_uploads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down`, `storage_unavailable`, `uploads_busy`, `disk_full` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    preview: {
        parameters: {
            query?: {
                /** @description A name for the job. By default that of the file, without its ending. */
                name?: string;
                /** @description Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters. */
                label?: string;
                /** @description Receives one POST request when the job finishes. */
                webhookUrl?: string;
                /** @description Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64. */
                webhookSecret?: string;
                /** @description Address of the file, instead of a file: any http(s) URL, or the link of a Google Sheet that anyone may view. */
                fileUrl?: string;
                /** @description Quality of the outputs, by default 50. */
                quality?: number;
                /** @description Format of the outputs, by default `jpeg`. */
                format?: "jpeg" | "webp" | "avif" | "png";
                /** @description Up to 5 outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first is in place of `format` and `quality`, which cannot be sent as well. */
                outputs?: string;
                /** @description Smaller JPEG files, several times slower. Only with `format` `jpeg`. */
                mozjpeg?: boolean;
                /** @description Progressive JPEG files. Only with `format` `jpeg`. */
                progressive?: boolean;
                /** @description Maximum width of the outputs in pixels, after turning them upright. None is enlarged. */
                maxWidth?: number;
                /** @description Maximum height, likewise. */
                maxHeight?: number;
                /** @description Colour behind transparent sources in JPEG, for example `#ffffff`, the default. */
                background?: string;
                /** @description `none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP. */
                keepMetadata?: "none" | "rights";
                /** @description A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the object itself. `none` or `rights` is taken as `keepMetadata`. */
                metadata?: string;
                /** @description `reject` a file with an invalid URL, or `skip` the invalid ones. */
                onInvalidRow?: "reject" | "skip";
                /** @description Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name is blank, repeated or contains a comma. Detected by default. */
                imageColumns?: string[];
                /** @description The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it. */
                sheet?: string;
                /** @description The column of the product names by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                nameColumn?: string;
                /** @description The column of the serial numbers by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                serialColumn?: string;
                /** @description Output URLs in columns of their own, or in place of the input URLs. */
                output?: "add" | "replace";
                /** @description `escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them. */
                formulas?: "escape" | "keep";
                /** @description The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252. */
                bom?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "file": "S. No.,Product Name,Input Image Urls\r\n1,\"Stoneware Mug \"\"Lagoon\"\", 350 ml\",http://127.0.0.1:8099/mug.jpg\r\n2,Brass Pendant Lamp,\"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg\"\r\n"
                 *     }
                 */
                "multipart/form-data": {
                    /**
                     * Format: binary
                     * @description The CSV, plain or as .csv.gz.
                     * @example S. No.,Product Name,Input Image Urls
                     *     1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg
                     *     2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg"
                     */
                    file: Blob;
                    /**
                     * @description A name for the job. By default that of the file, without its ending.
                     * @example Spring catalogue
                     */
                    name?: string;
                    /**
                     * @description Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters.
                     * @example spring-2026
                     */
                    label?: string;
                    /**
                     * Format: uri
                     * @description Receives one POST request when the job finishes.
                     * @example https://shop.example/hooks/images
                     */
                    webhookUrl?: string;
                    /**
                     * @description Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.
                     * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                     */
                    webhookSecret?: string;
                    /** @description Quality of the outputs, by default 50. */
                    quality?: number;
                    /**
                     * @description Format of the outputs, by default `jpeg`.
                     * @enum {string}
                     */
                    format?: "jpeg" | "webp" | "avif" | "png";
                    /**
                     * @description Up to 5 outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first is in place of `format` and `quality`, which cannot be sent as well.
                     * @example jpeg:50,webp:50:1600,avif:45:800
                     */
                    outputs?: string;
                    /**
                     * @description Smaller JPEG files, several times slower. Only with `format` `jpeg`.
                     * @default false
                     */
                    mozjpeg?: boolean;
                    /**
                     * @description Progressive JPEG files. Only with `format` `jpeg`.
                     * @default false
                     */
                    progressive?: boolean;
                    /** @description Maximum width of the outputs in pixels, after turning them upright. None is enlarged. */
                    maxWidth?: number;
                    /** @description Maximum height, likewise. */
                    maxHeight?: number;
                    /** @description Colour behind transparent sources in JPEG, for example `#ffffff`, the default. */
                    background?: string;
                    /**
                     * @description `none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP.
                     * @enum {string}
                     */
                    keepMetadata?: "none" | "rights";
                    /**
                     * @description A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the object itself. `none` or `rights` is taken as `keepMetadata`.
                     * @example {"order":"4711"}
                     */
                    metadata?: string;
                    /**
                     * @description `reject` a file with an invalid URL, or `skip` the invalid ones.
                     * @default reject
                     * @enum {string}
                     */
                    onInvalidRow?: "reject" | "skip";
                    /** @description Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name is blank, repeated or contains a comma. Detected by default. */
                    imageColumns?: string[];
                    /** @description The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it. */
                    sheet?: string;
                    /** @description The column of the product names by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    nameColumn?: string;
                    /** @description The column of the serial numbers by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    serialColumn?: string;
                    /**
                     * @description Output URLs in columns of their own, or in place of the input URLs.
                     * @default add
                     * @enum {string}
                     */
                    output?: "add" | "replace";
                    /**
                     * @description `escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them.
                     * @default escape
                     * @enum {string}
                     */
                    formulas?: "escape" | "keep";
                    /** @description The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252. */
                    bom?: boolean;
                };
                "text/csv": string;
                "application/octet-stream": Blob;
                /**
                 * @example {
                 *       "urls": [
                 *         "http://127.0.0.1:8099/mug.jpg"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /**
                     * @description A name for the job. By default that of the file, without its ending.
                     * @example Spring catalogue
                     */
                    name?: string;
                    /**
                     * @description Text to find requests by: `GET /api/requests?label=…`. Up to 100 characters.
                     * @example spring-2026
                     */
                    label?: string;
                    /**
                     * Format: uri
                     * @description Receives one POST request when the job finishes.
                     * @example https://shop.example/hooks/images
                     */
                    webhookUrl?: string;
                    /**
                     * @description Signs the webhook (Standard Webhooks 1.0): `whsec_` and 24 to 64 bytes in base64.
                     * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
                     */
                    webhookSecret?: string;
                    /** @description Quality of the outputs, by default 50. */
                    quality?: number;
                    /**
                     * @description Format of the outputs, by default `jpeg`.
                     * @enum {string}
                     */
                    format?: "jpeg" | "webp" | "avif" | "png";
                    /**
                     * @description Up to 5 outputs of each image, each with format, quality and, if wanted, longest side in pixels. The first is in place of `format` and `quality`, which cannot be sent as well.
                     * @example jpeg:50,webp:50:1600,avif:45:800
                     */
                    outputs?: string;
                    /**
                     * @description Smaller JPEG files, several times slower. Only with `format` `jpeg`.
                     * @default false
                     */
                    mozjpeg?: boolean;
                    /**
                     * @description Progressive JPEG files. Only with `format` `jpeg`.
                     * @default false
                     */
                    progressive?: boolean;
                    /** @description Maximum width of the outputs in pixels, after turning them upright. None is enlarged. */
                    maxWidth?: number;
                    /** @description Maximum height, likewise. */
                    maxHeight?: number;
                    /** @description Colour behind transparent sources in JPEG, for example `#ffffff`, the default. */
                    background?: string;
                    /**
                     * @description `none`, the default, or `rights`: creator, credit, copyright, licence and how the picture was made (AI) are kept as XMP.
                     * @enum {string}
                     */
                    keepMetadata?: "none" | "rights";
                    /**
                     * @description A JSON object of texts for your own use: returned in status, list and webhook, and not looked at. A JSON body may have the object itself. `none` or `rights` is taken as `keepMetadata`.
                     * @example {"order":"4711"}
                     */
                    metadata?: string;
                    /**
                     * @description `reject` a file with an invalid URL, or `skip` the invalid ones.
                     * @default reject
                     * @enum {string}
                     */
                    onInvalidRow?: "reject" | "skip";
                    /** @description Image columns by their names in the header row, separated by commas; by its position as in `#3` if a name is blank, repeated or contains a comma. Detected by default. */
                    imageColumns?: string[];
                    /** @description The sheet of a workbook by its name; by default the first visible one with URLs. A CSV has none, and ignores it. */
                    sheet?: string;
                    /** @description The column of the product names by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    nameColumn?: string;
                    /** @description The column of the serial numbers by its name in the header row, or by its position as in `#2`; `none` if there is none. Detected by default. */
                    serialColumn?: string;
                    /**
                     * @description Output URLs in columns of their own, or in place of the input URLs.
                     * @default add
                     * @enum {string}
                     */
                    output?: "add" | "replace";
                    /**
                     * @description `escape` cells that a spreadsheet would run as a formula with a leading `'`, or `keep` them.
                     * @default escape
                     * @enum {string}
                     */
                    formulas?: "escape" | "keep";
                    /** @description The output starts with a byte order mark, as Excel needs for letters beyond ASCII; by default if the input does or is in Windows-1252. */
                    bom?: boolean;
                    /** @description 1 to 3 image URLs, tried instead of a file. */
                    urls: string[];
                };
            };
        };
        responses: {
            /** @description What was found: a `PreviewAnswer`, or with `urls` a `TrialAnswer`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "file": {
                     *         "kind": "csv",
                     *         "encoding": "utf-8",
                     *         "delimiter": ",",
                     *         "sheet": null,
                     *         "headerLine": 1,
                     *         "columns": {
                     *           "images": [
                     *             "Input Image Urls"
                     *           ],
                     *           "serialNumber": "S. No.",
                     *           "productName": "Product Name"
                     *         },
                     *         "rows": 2,
                     *         "rowsWithoutImages": 0,
                     *         "images": 3,
                     *         "notes": []
                     *       },
                     *       "sheets": [],
                     *       "header": [
                     *         "S. No.",
                     *         "Product Name",
                     *         "Input Image Urls"
                     *       ],
                     *       "sample": [
                     *         {
                     *           "line": 2,
                     *           "cells": [
                     *             "1",
                     *             "Stoneware Mug \"Lagoon\", 350 ml",
                     *             "http://127.0.0.1:8099/mug.jpg"
                     *           ],
                     *           "serialNumber": "1",
                     *           "productName": "Stoneware Mug \"Lagoon\", 350 ml",
                     *           "images": [
                     *             {
                     *               "url": "http://127.0.0.1:8099/mug.jpg",
                     *               "column": "Input Image Urls"
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "line": 3,
                     *           "cells": [
                     *             "2",
                     *             "Brass Pendant Lamp",
                     *             "http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg"
                     *           ],
                     *           "serialNumber": "2",
                     *           "productName": "Brass Pendant Lamp",
                     *           "images": [
                     *             {
                     *               "url": "http://127.0.0.1:8099/lamp.jpg",
                     *               "column": "Input Image Urls"
                     *             },
                     *             {
                     *               "url": "http://127.0.0.1:8099/lamp-detail.jpg",
                     *               "column": "Input Image Urls"
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "errors": [],
                     *       "errorCount": 0,
                     *       "errorKinds": []
                     *     }
                     */
                    "application/json": components["schemas"]["AnyPreviewAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field`, `no_file`, `too_many_files` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout: `request_timeout` */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Payload Too Large: `upload_too_large` */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity: `file_not_fetched` */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_uploads`, `quota_exceeded`, `too_many_previews` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Implemented: `previews_unavailable` */
            501: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down`, `storage_unavailable`, `uploads_busy`, `disk_full`, `previews_busy` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    status: {
        parameters: {
            query?: {
                /** @description Maximum number of images per page. */
                limit?: number;
                /** @description Only images after this position, counted from 0 across the request. */
                after?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The current state of the request. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                     *       "name": "products",
                     *       "label": null,
                     *       "metadata": {},
                     *       "status": "completed_with_errors",
                     *       "stopping": false,
                     *       "createdAt": "2026-11-28T12:40:55.892Z",
                     *       "startedAt": "2026-11-28T12:40:56.346Z",
                     *       "finishedAt": "2026-11-28T12:40:57.230Z",
                     *       "options": {
                     *         "mozjpeg": false,
                     *         "progressive": false,
                     *         "quality": 50,
                     *         "format": "jpeg"
                     *       },
                     *       "progress": {
                     *         "total": 3,
                     *         "completed": 2,
                     *         "failed": 1,
                     *         "skipped": 0,
                     *         "cancelled": 0,
                     *         "pending": 0,
                     *         "percent": 100
                     *       },
                     *       "run": {
                     *         "number": 1,
                     *         "finishedBefore": 0
                     *       },
                     *       "bytes": {
                     *         "in": 774698,
                     *         "out": 115390,
                     *         "savedPercent": 85.1
                     *       },
                     *       "webhook": {
                     *         "url": "http://127.0.0.1:8098/hooks/images",
                     *         "state": "delivered",
                     *         "attempts": 1,
                     *         "lastStatus": 204
                     *       },
                     *       "report": {
                     *         "products": [
                     *           {
                     *             "row": 2,
                     *             "serialNumber": "2",
                     *             "productName": "Brass Pendant Lamp",
                     *             "images": 1,
                     *             "bytesIn": 413081,
                     *             "bytesOut": 61129,
                     *             "savedPercent": 85.2
                     *           },
                     *           {
                     *             "row": 1,
                     *             "serialNumber": "1",
                     *             "productName": "Stoneware Mug \"Lagoon\", 350 ml",
                     *             "images": 1,
                     *             "bytesIn": 361617,
                     *             "bytesOut": 54261,
                     *             "savedPercent": 85
                     *           }
                     *         ],
                     *         "productCount": 2,
                     *         "failures": [
                     *           {
                     *             "code": "source_not_found",
                     *             "count": 1,
                     *             "origins": [
                     *               {
                     *                 "origin": "http://127.0.0.1:8099",
                     *                 "count": 1
                     *               }
                     *             ]
                     *           }
                     *         ],
                     *         "sameBytes": [],
                     *         "savings": {
                     *           "bands": [
                     *             {
                     *               "fromPercent": null,
                     *               "toPercent": 0,
                     *               "count": 0
                     *             },
                     *             {
                     *               "fromPercent": 0,
                     *               "toPercent": 10,
                     *               "count": 0
                     *             },
                     *             {
                     *               "fromPercent": 10,
                     *               "toPercent": 25,
                     *               "count": 0
                     *             },
                     *             {
                     *               "fromPercent": 25,
                     *               "toPercent": 50,
                     *               "count": 0
                     *             },
                     *             {
                     *               "fromPercent": 50,
                     *               "toPercent": 75,
                     *               "count": 0
                     *             },
                     *             {
                     *               "fromPercent": 75,
                     *               "toPercent": 90,
                     *               "count": 2
                     *             },
                     *             {
                     *               "fromPercent": 90,
                     *               "toPercent": 100,
                     *               "count": 0
                     *             }
                     *           ],
                     *           "grew": {
                     *             "count": 0,
                     *             "images": []
                     *           },
                     *           "keptOriginal": {
                     *             "count": 0,
                     *             "images": []
                     *           },
                     *           "hardlySaved": {
                     *             "count": 0,
                     *             "images": []
                     *           }
                     *         }
                     *       },
                     *       "products": [
                     *         {
                     *           "row": 1,
                     *           "serialNumber": "1",
                     *           "productName": "Stoneware Mug \"Lagoon\", 350 ml",
                     *           "images": [
                     *             {
                     *               "id": "40674e59-0edf-4251-894f-41875ca3401c",
                     *               "index": 0,
                     *               "inputUrl": "http://127.0.0.1:8099/mug.jpg",
                     *               "status": "completed",
                     *               "outputUrl": "http://localhost:3000/processed_images/40674e59-0edf-4251-894f-41875ca3401c.jpg",
                     *               "contentType": "image/jpeg",
                     *               "bytesIn": 361617,
                     *               "bytesOut": 54261,
                     *               "width": 1600,
                     *               "height": 1200,
                     *               "notes": [
                     *                 "uncalibrated_colours"
                     *               ],
                     *               "attempts": 1,
                     *               "error": null
                     *             }
                     *           ]
                     *         },
                     *         {
                     *           "row": 2,
                     *           "serialNumber": "2",
                     *           "productName": "Brass Pendant Lamp",
                     *           "images": [
                     *             {
                     *               "id": "2010ca68-f814-422e-8b01-1c9d5a62e612",
                     *               "index": 0,
                     *               "inputUrl": "http://127.0.0.1:8099/lamp.jpg",
                     *               "status": "completed",
                     *               "outputUrl": "http://localhost:3000/processed_images/2010ca68-f814-422e-8b01-1c9d5a62e612.jpg",
                     *               "contentType": "image/jpeg",
                     *               "bytesIn": 413081,
                     *               "bytesOut": 61129,
                     *               "width": 1600,
                     *               "height": 1200,
                     *               "notes": [
                     *                 "uncalibrated_colours"
                     *               ],
                     *               "attempts": 1,
                     *               "error": null
                     *             },
                     *             {
                     *               "id": "2cb98e3b-8c45-4069-9af4-448b24e2dfd2",
                     *               "index": 1,
                     *               "inputUrl": "http://127.0.0.1:8099/lamp-detail.jpg",
                     *               "status": "failed",
                     *               "outputUrl": null,
                     *               "contentType": null,
                     *               "bytesIn": null,
                     *               "bytesOut": null,
                     *               "width": null,
                     *               "height": null,
                     *               "notes": [],
                     *               "attempts": 1,
                     *               "error": {
                     *                 "code": "source_not_found",
                     *                 "message": "The image server 127.0.0.1:8099 has no image at this URL (status 404)."
                     *               }
                     *             }
                     *           ]
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["StatusAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list: {
        parameters: {
            query?: {
                /** @description Only requests in this state, or in one of several separated by commas. */
                status?: string;
                /** @description Only requests with this text in their name, in upper or lower case. A call looks through 2,000 requests; `next` goes on from there, so a page may have fewer than `limit`. */
                q?: string;
                /** @description Only requests with this label. */
                label?: string;
                /** @description Only requests uploaded at this time or later. */
                createdAfter?: string;
                /** @description Only requests uploaded before this time. */
                createdBefore?: string;
                /** @description Maximum number of requests per page. */
                limit?: number;
                /** @description Only requests after this one; taken from `next` of the previous page. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requests": [
                     *         {
                     *           "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                     *           "name": "Spring catalogue",
                     *           "label": null,
                     *           "metadata": {},
                     *           "status": "completed_with_errors",
                     *           "stopping": false,
                     *           "createdAt": "2026-11-28T12:40:55.892Z",
                     *           "startedAt": "2026-11-28T12:40:56.346Z",
                     *           "finishedAt": "2026-11-28T12:40:57.230Z",
                     *           "options": {
                     *             "mozjpeg": false,
                     *             "progressive": false,
                     *             "quality": 50,
                     *             "format": "jpeg"
                     *           },
                     *           "progress": {
                     *             "total": 3,
                     *             "completed": 2,
                     *             "failed": 1,
                     *             "skipped": 0,
                     *             "cancelled": 0,
                     *             "pending": 0,
                     *             "percent": 100
                     *           },
                     *           "run": {
                     *             "number": 1,
                     *             "finishedBefore": 0
                     *           },
                     *           "bytes": {
                     *             "in": 774698,
                     *             "out": 115390,
                     *             "savedPercent": 85.1
                     *           }
                     *         }
                     *       ],
                     *       "next": null
                     *     }
                     */
                    "application/json": components["schemas"]["ListAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted; its files follow. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3"
                     *     }
                     */
                    "application/json": components["schemas"]["RequestAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    rename: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "Spring catalogue"
                 *     }
                 */
                "application/json": {
                    /** @description The new name. */
                    name: string;
                };
            };
        };
        responses: {
            /** @description The request with its new name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                     *       "name": "Spring catalogue",
                     *       "label": null,
                     *       "metadata": {},
                     *       "status": "completed_with_errors",
                     *       "stopping": false,
                     *       "createdAt": "2026-11-28T12:40:55.892Z",
                     *       "startedAt": "2026-11-28T12:40:56.346Z",
                     *       "finishedAt": "2026-11-28T12:40:57.230Z",
                     *       "options": {
                     *         "mozjpeg": false,
                     *         "progressive": false,
                     *         "quality": 50,
                     *         "format": "jpeg"
                     *       },
                     *       "progress": {
                     *         "total": 3,
                     *         "completed": 2,
                     *         "failed": 1,
                     *         "skipped": 0,
                     *         "cancelled": 0,
                     *         "pending": 0,
                     *         "percent": 100
                     *       },
                     *       "run": {
                     *         "number": 1,
                     *         "finishedBefore": 0
                     *       },
                     *       "bytes": {
                     *         "in": 774698,
                     *         "out": 115390,
                     *         "savedPercent": 85.1
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["RequestSummary"];
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout: `request_timeout` */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: {
                /** @description The `id` of the last event received; browsers send it when they reconnect. */
                "Last-Event-ID"?: string;
            };
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream that lasts until the request has finished. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "event": "end",
                     *       "id": "rVEFb68dJS_m67yJ",
                     *       "data": "{\"requestId\":\"e490762c-c605-49e9-a749-5bdf03e691d3\",\"name\":\"Spring catalogue\",\"label\":null,\"metadata\":{},\"status\":\"completed_with_errors\",\"stopping\":false,\"createdAt\":\"2026-11-28T12:40:55.892Z\",\"startedAt\":\"2026-11-28T12:40:56.346Z\",\"finishedAt\":\"2026-11-28T12:40:57.230Z\",\"options\":{\"mozjpeg\":false,\"progressive\":false,\"quality\":50,\"format\":\"jpeg\"},\"progress\":{\"total\":3,\"completed\":2,\"failed\":1,\"skipped\":0,\"cancelled\":0,\"pending\":0,\"percent\":100},\"run\":{\"number\":1,\"finishedBefore\":0},\"bytes\":{\"in\":774698,\"out\":115390,\"savedPercent\":85.1}}"
                     *     }
                     */
                    "text/event-stream": components["schemas"]["ProgressEvent"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down`, `too_many_listeners` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    output: {
        parameters: {
            query?: {
                /** @description As in the upload, whose choice is the default. */
                output?: "add" | "replace";
                /** @description `details` adds `Bytes Before`, `Bytes After`, `Width` and `Height`. */
                columns?: "details";
                /** @description As in the upload, whose choice is the default. */
                formulas?: "escape" | "keep";
                /** @description As in the upload, whose choice is the default. */
                bom?: boolean;
                /** @description Format of the file. `formulas` and `bom` are for `csv` only: a cell of a workbook is never a formula. */
                format?: "csv" | "xlsx";
            };
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The output as a CSV or a workbook, as a download. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example S. No.,Product Name,Input Image Urls,Output Image Urls
                     *     1,"Stoneware Mug ""Lagoon"", 350 ml",http://127.0.0.1:8099/mug.jpg,http://localhost:3000/processed_images/40674e59-0edf-4251-894f-41875ca3401c.jpg
                     *     2,Brass Pendant Lamp,"http://127.0.0.1:8099/lamp.jpg,http://127.0.0.1:8099/lamp-detail.jpg","http://localhost:3000/processed_images/2010ca68-f814-422e-8b01-1c9d5a62e612.jpg,"
                     */
                    "text/csv": string;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Blob;
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `not_finished` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    errors: {
        parameters: {
            query?: {
                /** @description As in the upload, whose choice is the default. */
                formulas?: "escape" | "keep";
                /** @description As in the upload, whose choice is the default. */
                bom?: boolean;
                /** @description Format of the file. `formulas` and `bom` are for `csv` only: a cell of a workbook is never a formula. */
                format?: "csv" | "xlsx";
            };
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The failed rows as a CSV or a workbook, as a download. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example S. No.,Product Name,Input Image Urls,Error Code,Error,What To Do
                     *     2,Brass Pendant Lamp,http://127.0.0.1:8099/lamp-detail.jpg,source_not_found,The image server 127.0.0.1:8099 has no image at this URL (status 404).,It returned 404 or 410. Fix the URL.
                     */
                    "text/csv": string;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": Blob;
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `not_finished` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    cancel: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    /** @description Path of the status. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3"
                     *     }
                     */
                    "application/json": components["schemas"]["RequestAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `already_finished`, `not_finished` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    retry: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description Other URLs of failed or cancelled images; then only these are retried. */
                    corrections?: {
                        /**
                         * Format: uuid
                         * @description The `id` of an image in the status.
                         * @example 41d19811-18ce-467d-82aa-f403a7a2a624
                         */
                        imageId: string;
                        /**
                         * Format: uri
                         * @description Its URL from now on, by the rules of the upload.
                         * @example https://shop.example/images/mug.jpg
                         */
                        url: string;
                    }[];
                };
            };
        };
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    /** @description Path of the status. */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3"
                     *     }
                     */
                    "application/json": components["schemas"]["RequestAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found`, `image_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Timeout: `request_timeout` */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `not_finished`, `nothing_to_retry` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unsupported Media Type: `unsupported_media_type` */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    deliveries: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Newest first; empty until the request has finished. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                     *       "deliveries": [
                     *         {
                     *           "id": "msg_e490762c-c605-49e9-a749-5bdf03e691d3_1",
                     *           "type": "request.completed",
                     *           "run": 1,
                     *           "url": "http://127.0.0.1:8098/hooks/images",
                     *           "state": "delivered",
                     *           "sending": false,
                     *           "createdAt": "2026-11-28T12:40:57.273Z",
                     *           "nextAttemptAt": null,
                     *           "attempts": 1,
                     *           "redeliveries": 0,
                     *           "lastStatus": 204,
                     *           "log": [
                     *             {
                     *               "at": "2026-11-28T12:40:57.652Z",
                     *               "status": 204,
                     *               "durationMs": 114,
                     *               "error": null,
                     *               "answer": ""
                     *             }
                     *           ]
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["DeliveriesAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeliver: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Accepted. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                     *       "webhookId": "msg_e490762c-c605-49e9-a749-5bdf03e691d3_1"
                     *     }
                     */
                    "application/json": components["schemas"]["RedeliverAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found`, `webhook_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `not_finished`, `delivery_in_progress` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    archive: {
        parameters: {
            query?: {
                /** @description Names of the files, of text and `{serial}`, `{product}`, `{row}`, `{n}`, `{original}` or `{id}`; `/` makes folders. The extension is added, and repeated names are numbered. */
                names?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The `requestId` returned by the upload.
                 * @example e490762c-c605-49e9-a749-5bdf03e691d3
                 */
                requestId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The ZIP, as a download. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": Blob;
                };
            };
            /** @description Bad Request: `invalid_request`, `invalid_field` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `request_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Conflict: `not_finished` */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited`, `too_many_reads` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error`, `storage_misconfigured` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `database_unavailable`, `shutting_down`, `storage_unavailable` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    image: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The image id with the extension of its format, as in `outputUrl`.
                 * @example 40674e59-0edf-4251-894f-41875ca3401c.jpg
                 */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The image. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description The requested range. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": Blob;
                    "image/webp": Blob;
                    "image/avif": Blob;
                    "image/png": Blob;
                };
            };
            /** @description With `STORAGE=s3`: redirect to the image. */
            302: {
                headers: {
                    /** @description Public or signed URL. */
                    Location: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found: `image_not_found` */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Precondition Failed: `precondition_failed` */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Range Not Satisfiable: `range_not_satisfiable` */
            416: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable: `storage_unavailable` */
            503: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is running. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ok",
                     *       "uptimeSeconds": 28
                     *     }
                     */
                    "application/json": components["schemas"]["HealthAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    ready: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "checks": {
                     *         "database": {
                     *           "ok": true
                     *         },
                     *         "storage": {
                     *           "ok": true
                     *         },
                     *         "service": {
                     *           "ok": true
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ReadyAnswer"];
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Something it needs is unavailable. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "not_ready",
                     *       "checks": {
                     *         "database": {
                     *           "ok": false,
                     *           "reason": "connection refused"
                     *         },
                     *         "storage": {
                     *           "ok": true
                     *         }
                     *       }
                     *     }
                     */
                    "application/json": components["schemas"]["ReadyAnswer"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Prometheus text format 0.0.4. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP bulk_image_queue_images Images queued or in flight across all instances.
                     *     # TYPE bulk_image_queue_images gauge
                     *     bulk_image_queue_images 42
                     */
                    "text/plain": string;
                };
            };
            /** @description Bad Request: `invalid_request` */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unauthorized: `unauthorized` */
            401: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Forbidden: `forbidden` */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests: `rate_limited` */
            429: {
                headers: {
                    /** @description Seconds to wait. */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Request Header Fields Too Large: `headers_too_large` */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Internal Server Error: `internal_error` */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    requestCompleted: {
        parameters: {
            query?: never;
            header: {
                /** @description The same for every attempt: with it, repeats can be recognized. */
                "webhook-id": string;
                /** @description Seconds since the epoch, of this attempt. */
                "webhook-timestamp": string;
                /** @description `v1,` and the HMAC-SHA256 of `id.timestamp.body` in base64, if there is a `webhookSecret` or `WEBHOOK_SECRET`. */
                "webhook-signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "type": "request.completed",
                 *       "timestamp": "2026-11-28T12:40:57.230Z",
                 *       "data": {
                 *         "requestId": "e490762c-c605-49e9-a749-5bdf03e691d3",
                 *         "name": "products",
                 *         "label": null,
                 *         "metadata": {},
                 *         "status": "completed_with_errors",
                 *         "progress": {
                 *           "total": 3,
                 *           "completed": 2,
                 *           "failed": 1,
                 *           "skipped": 0,
                 *           "cancelled": 0,
                 *           "pending": 0,
                 *           "percent": 100
                 *         },
                 *         "bytes": {
                 *           "in": 774698,
                 *           "out": 115390,
                 *           "savedPercent": 85.1
                 *         },
                 *         "statusUrl": "http://localhost:3000/api/status/e490762c-c605-49e9-a749-5bdf03e691d3",
                 *         "outputUrl": "http://localhost:3000/api/output/e490762c-c605-49e9-a749-5bdf03e691d3"
                 *       }
                 *     }
                 */
                "application/json": components["schemas"]["CompletionEvent"];
            };
        };
        responses: {
            /** @description Accepts no more of these: there is no further attempt. */
            410: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Accepted. Anything else is a failed attempt; redirects are not followed. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
