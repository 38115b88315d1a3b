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

/** Remarks in a name, as in `Image URLs (x,y,z...)`. */
const REMARKS = /\([^()]*\)|\[[^[\]]*\]/g;

/** Also without what follows a number sign, as in `item_name[language_tag=en_US]#1.value`. */
const withoutRemarks = (name: string): string => (/^[^#]+/.exec(name)?.[0] ?? '').replace(REMARKS, '');

/** The bare name, and the one without remarks. A name of signs only, such as `#`, is kept. */
const readings = (name: string): string[] => {
  const bare = bareName(name);
  // `Item #` is a number, `Item` a name.
  if (bare !== '' && name.trimEnd().endsWith('#')) return [`${bare}#`, bare];
  if (bare === '') return [name.length > MAX_NAME_CHARACTERS ? '' : name.trim()];
  return /[([#]/.test(name) ? [bare, bareName(withoutRemarks(name))] : [bare];
};

const wordsOf = (text: string): readonly string[] => text.trim().split(/\s+/);

/** By precedence: the first name that the header row has is used. */
const SERIAL_NUMBERS = wordsOf(`
  sno snumber serialnumber serialno serialnum srno srnumber slno slnumber sku itemsku sellersku productsku variantsku skuid
  articlesku vendorsku contributionsku productcodesku customlabel itemnumber itemno articlenumber articleno productnumber
  productno partnumber partno mpn artikelnummer artikelnr artnr artno produktnummer bestellnummer seriennummer lfdnr
  codearticle codigo codice referencia riferimento referentie symbol indeks ugs isbn ref# item# product# part# article#
  sku# artikelid produktid articleid produktcode stockcode skucode bestellnr référenceproduit codeproduit código kode 品番
  商品コード 编号 货号 reference productreference référence ref productcode itemcode articlecode code style handle urlhandle slug id
  productid itemid offerid uniqueid asin gtin ean upc externalid variantid listingid uid uuid key barcode serial sn sr sl
  no nr num number nummer n # №
`);

const PRODUCT_NAMES = wordsOf(`
  productname producttitle nameofproduct itemname itemtitle articlename listingtitle produktname produkttitel artikelname
  artikelbezeichnung produktbezeichnung nomduproduit product produkt name title titel bezeichnung nom nombre artikel titre
  titulo título titolo nome naam nazwa namn designation désignation libellé item article nombredelproducto
  títulodelproducto nomedelprodotto nomedoproduto 商品名 商品名称 наименование название modelname model
`);

/** Words for image, alone or in a name. */
const IMAGE_WORDS = wordsOf(`
  image images img imgs picture pictures pic pics photo photos photograph photographs altimage altimages altimg bild bilder
  abbildung abbildungen foto fotos grafik imagen imagenes imágenes immagine immagini afbeelding afbeeldingen imagem imagens
  zdjęcie zdjęcia obrazek obrázek obrázky kuva kuvat billede billeder bilde görsel resim kép képek packshot packshots kuvan
  billed изображение изображения фото картинка 画像 图片 圖片 主图 附图 이미지
`);

/** What else the name of an image column may say. */
const COMPANION_WORDS = wordsOf(`
  url urls uri uris link links src srcs source sources href web path paths address addresses adresse adressen pfad location
  locator lien liens enlace enlaces ссылка 链接 地址 링크 länk adres メイン 대표 http https hosted public cdn direct download remote
  input original main primary secondary additional other extra more all alternate alternative base small medium large big
  full fullsize thumbnail thumb swatch feature featured gallery media variant variation product products item items article
  listing catalog catalogue category sku cover front back side top bottom left right detail default master parent child
  hires zoom lifestyle internal external meta option hero banner processed raw edited old new current sample model high low
  res resolution first second third 1st 2nd 3rd one two three website google drive dropbox x px haupt neben zusatz
  zusätzlich zusätzliche zusätzlicher zusätzliches weitere weiteres produkt artikel varianten galerie groß klein vorschau
  quelle produit producto prodotto produto produktu товара principal principale supplémentaire supplémentaires adicional
  adicionales aggiuntiva 商品 of to the for per de du des da do della dell la le l el del der das zum van het vers на g c
`);

interface Word {
  readonly text: string;
  readonly image: boolean;
}

/** By their first letter. */
const WORDS = new Map<string, Word[]>();
for (const [image, words] of [
  [true, IMAGE_WORDS],
  [false, COMPANION_WORDS],
] as const) {
  for (const text of words) WORDS.set(text.charAt(0), [...(WORDS.get(text.charAt(0)) ?? []), { text, image }]);
}

/** As in `Image 10`; longer numbers do not count images. */
const NUMBER = /^\d{1,3}(?!\d)/;

/** Whether the text is a row of known words and numbers, with a word for image among them. */
const isMadeOfImageWords = (text: string): boolean => {
  // For each position: whether the text before it can be read so, and whether with a word for image.
  const readable: ('words' | 'image' | undefined)[] = [];
  readable[0] = 'words';
  for (let at = 0; at < text.length; at += 1) {
    const before = readable[at];
    if (before === undefined) continue;
    const digits = NUMBER.exec(text.slice(at, at + 4))?.[0].length ?? 0;
    if (digits > 0 && readable[at + digits] !== 'image') readable[at + digits] = before;
    for (const word of WORDS.get(text.charAt(at)) ?? []) {
      const end = at + word.text.length;
      if (readable[end] !== 'image' && text.startsWith(word.text, at)) readable[end] = word.image ? 'image' : before;
    }
  }
  return readable[text.length] === 'image';
};

/** Used only if no column is named after images: many tables have a link to the product page too. */
const GENERAL_IMAGE_NAMES = wordsOf(`
  inputurls inputurl urls url links link src href thumbnail thumbnails media mediaurl mediaurls mediagallery gallery assets
  asseturl fileurl fileurls thumbnailurl cover coverurl artwork artworkurl attachments files
`);

/**
 * Whether a name consists of a word for image, words that go with it and numbers, as in `additional_image_link`,
 * `Main Image URL`, `Image 10`, `Variant Image`, `Bild-URL 2` and `Image URLs (x,y,z...)`. `Image Alt Text` and
 * `image_label` do not.
 */
export const isImageName = (name: string): boolean => readings(name).some(isMadeOfImageWords);
export const isGeneralImageName = (name: string): boolean => GENERAL_IMAGE_NAMES.includes(bareName(name));

const firstOf =
  (names: readonly string[]) =>
  (header: readonly string[]): number | null => {
    const read = header.map(readings);
    for (const name of names) {
      const index = read.findIndex((each) => each.includes(name));
      if (index >= 0) return index;
    }
    return null;
  };

/** Position of the serial number (or SKU, id, handle) in the header row; null if there is none. */
export const findSerialNumber = firstOf(SERIAL_NUMBERS);
export const findProductName = firstOf(PRODUCT_NAMES);
