/** Longer than any known name; NFKC can expand one character to 18. */
const MAX_NAME_CHARACTERS = 200;

/** `S. No.`, `s_no` and `SNO` are the same name; full-width letters and a byte order mark are ignored too. */
export const bareName = (name: string): string => {
  const text = name.trim();
  if (text.length > MAX_NAME_CHARACTERS) return '';
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
};

/** By precedence: the first name that the header row has is used. */
const SERIAL_NUMBERS: readonly string[] = [
  ...['sno', 'snumber', 'serialnumber', 'serialno', 'serialnum', 'srno', 'srnumber', 'slno', 'slnumber'],
  ...['sku', 'itemsku', 'sellersku', 'productsku', 'variantsku', 'skuid', 'articlesku', 'vendorsku'],
  ...[
    'itemnumber',
    'itemno',
    'articlenumber',
    'articleno',
    'productnumber',
    'productno',
    'partnumber',
    'partno',
    'mpn',
  ],
  ...['artikelnummer', 'artikelnr', 'artnr', 'artno', 'produktnummer', 'bestellnummer', 'seriennummer', 'lfdnr'],
  ...['codearticle', 'codigo', 'codice', 'referencia', 'riferimento', 'referentie', 'symbol', 'indeks'],
  ...['reference', 'productreference', 'référence', 'ref', 'productcode', 'itemcode', 'articlecode', 'code', 'style'],
  ...['handle', 'urlhandle', 'slug', 'id', 'productid', 'itemid', 'offerid', 'uniqueid', 'asin', 'gtin', 'ean', 'upc'],
  ...['barcode', 'serial', 'sn', 'sr', 'sl', 'no', 'nr', 'num', 'number', 'nummer'],
];

const PRODUCT_NAMES: readonly string[] = [
  ...['productname', 'producttitle', 'nameofproduct', 'itemname', 'itemtitle', 'articlename', 'listingtitle'],
  ...['produktname', 'produkttitel', 'artikelname', 'artikelbezeichnung', 'produktbezeichnung', 'nomduproduit'],
  ...['product', 'produkt', 'artikel', 'item', 'article', 'name', 'title', 'titel', 'bezeichnung', 'nom', 'nombre'],
  ...['titre', 'titulo', 'título', 'titolo', 'nome', 'naam', 'nazwa', 'namn', 'designation', 'désignation', 'libellé'],
];

/**
 * Names of image columns: a word for image, with words before and after it and a number, as in `additional_image_link`,
 * `Main Image URL`, `Image 10`, `Variant Image` and `Bild-URL 2`. `Image Alt Text` and `image_label` are none.
 */
const IMAGE_NAME = new RegExp(
  `^(?:${[
    ...['input', 'source', 'src', 'original', 'main', 'primary', 'secondary', 'additional', 'other', 'extra', 'more'],
    ...[
      'alternate',
      'alternative',
      'base',
      'small',
      'medium',
      'large',
      'big',
      'full',
      'thumbnail',
      'swatch',
      'featured',
    ],
    ...['feature', 'gallery', 'variant', 'variation', 'product', 'products', 'item', 'article', 'listing', 'catalog'],
    ...[
      'cover',
      'front',
      'back',
      'side',
      'detail',
      'default',
      'master',
      'parent',
      'hires',
      'zoom',
      'lifestyle',
      'meta',
    ],
    ...[
      'haupt',
      'zusatz',
      'weitere',
      'weiteres',
      'produkt',
      'artikel',
      'varianten',
      'galerie',
      'url',
      'link',
      'g',
      'c',
    ],
  ].join('|')})*(?:${[
    ...['images', 'image', 'imgs', 'img', 'pictures', 'picture', 'pics', 'pic', 'photos', 'photo', 'photograph'],
    ...['bilder', 'bild', 'abbildungen', 'abbildung', 'foto', 'fotos', 'grafik', 'imagenes', 'imágenes', 'imagen'],
    ...['immagini', 'immagine', 'afbeeldingen', 'afbeelding', 'imagens', 'imagem', 'zdjęcia', 'zdjęcie', 'obrazek'],
    ...[
      'obrázek',
      'kuva',
      'kuvat',
      'billede',
      'bilde',
      'görsel',
      'resim',
      'изображение',
      'фото',
      '画像',
      '图片',
      '圖片',
    ],
  ].join('|')})\\d{0,3}(?:urls|url|uris|uri|links|link|src|srcs|source|href|web|adresse|adressen|path|paths)?\\d{0,3}$`,
  'u',
);

/** Used only if no column is named after images: many tables have a link to the product page too. */
const GENERAL_IMAGE_NAMES: readonly string[] = [
  ...[
    'inputurls',
    'inputurl',
    'urls',
    'url',
    'links',
    'link',
    'src',
    'href',
    'thumbnail',
    'thumbnails',
    'media',
    'mediaurl',
  ],
  ...['mediaurls', 'mediagallery', 'gallery', 'assets', 'asseturl', 'fileurl', 'fileurls'],
];

export const isImageName = (name: string): boolean => IMAGE_NAME.test(bareName(name));
export const isGeneralImageName = (name: string): boolean => GENERAL_IMAGE_NAMES.includes(bareName(name));

const firstOf =
  (names: readonly string[]) =>
  (header: readonly string[]): number | null => {
    const bare = header.map(bareName);
    const name = names.find((each) => bare.includes(each));
    return name === undefined ? null : bare.indexOf(name);
  };

/** Position of the serial number (or SKU, id, handle) in the header row; null if there is none. */
export const findSerialNumber = firstOf(SERIAL_NUMBERS);
export const findProductName = firstOf(PRODUCT_NAMES);
