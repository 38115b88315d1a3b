import { OUTPUT_FORMAT_LIST } from '../output-formats.ts';

export const HELP = `Downloads and compresses every image in a CSV or Excel workbook; no server needed.

  npx bulk-image-processor compress FILE [options]        from the package
  npx . compress FILE [options]                           in a clone

  FILE: products.csv, products.xlsx, https://shop.example/products.csv, or - for standard input

The file (CSV, TSV or XLSX, also with .gz) needs a header row and a column of image URLs, which is found by name and content.
In place of a file, an http(s) link or the link of a shared Google Sheet works too.
The output is the same table with the paths of the compressed images, and a folder of images.
If images failed, <name>-errors.csv has their rows and what to do: correct it, and run the command with that file.
Run the same command again to resume an interrupted run, or to retry the failed images of a finished one; the file of a link
is downloaded again once its run has finished. What resuming needs is in the hidden folder .<images>.work next to the
image folder; delete it when you are done.

Options
  -q, --quality 1-100        quality of the outputs (default 50)
  -f, --format FORMAT        ${OUTPUT_FORMAT_LIST} (default jpeg)
      --mozjpeg              smaller JPEGs, several times slower
      --progressive          progressive JPEGs (a preview loads first)
      --max-width PIXELS     outputs are made to fit, never enlarged
      --max-height PIXELS    likewise
      --outputs LIST         several outputs of each image in place of --format and --quality, with format, quality and,
                             if wanted, longest side: jpeg:50,webp:50:1600,avif:45:800
      --background COLOUR    behind transparent images in JPEG (default #ffffff)
      --metadata WHAT        none (default), or rights: keep creator, credit and copyright
  -o, --out FILE             the output; a name ending in .xlsx gives a workbook, any other a CSV
                             (default: next to the input, or here for a link: <name>-output.xlsx
                             if the input is named .xlsx, otherwise <name>-output.csv;
                             <name> is stdin for -)
  -i, --images DIR           image folder (default: next to the output, named after it)
      --names PATTERN        names of the images in place of ids, for example "{serial}-{n}" or "{serial}/{n}"; made of
                             {serial}, {product}, {row}, {n} (position in the row), {original}, {id}
      --sheet NAME           the sheet of a workbook (default: the first visible one with URLs)
      --image-column NAME    a column of image URLs, by its name or position (#3);
                             repeat it for several columns
      --name-column NAME     the column of product names, or none
      --serial-column NAME   the column of serial numbers, SKUs or ids, or none
      --output MODE          add columns of outputs (default), or replace the image URLs
      --formulas MODE        escape cells that a spreadsheet would run (default), or keep them
      --bom                  start an output CSV with a byte order mark, as Excel needs for umlauts
      --on-invalid-row WHAT  reject the file (default), or skip invalid entries
      --allow-private CIDRS  private networks that image URLs may reach,
                             comma-separated, for example 127.0.0.0/8
      --concurrency N        images in flight at once, 1-256 (default: by cores and memory)
      --dry-run              say what would be done, with the sizes that the image servers tell; writes nothing
      --fresh                start over and ignore earlier runs
      --quiet                no progress, only the summary
      --json                 print objects, one a line, in place of text: progress, image, summary, error
      --server URL           use a running service; the output then has its URLs
      --api-key KEY          API key of that service (default: environment variable API_KEY)
  -h, --help                 show this help
  -v, --version              show the version

Progress and messages go to stderr, the summary to stdout.
Exit codes: 0 all images compressed, 1 some failed, 2 invalid command or file,
3 the job could not be completed or a file could not be saved, 130 interrupted.
`;
