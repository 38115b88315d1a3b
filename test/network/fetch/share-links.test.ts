import { directUrl, sharePageMessage } from '../../../src/network/fetch/share-links.ts';

const id = '1aBcDeFgHiJkLmNoPqRsTuVwXyZ012345';
const drive = `https://drive.google.com/uc?export=download&id=${id}`;

it.each([
  ['Google Drive', `https://drive.google.com/file/d/${id}/view?usp=sharing`, drive],
  ['Google Drive', `https://drive.google.com/file/d/${id}/view?resourcekey=0-x`, `${drive}&resourcekey=0-x`],
  ['Google Drive', `https://drive.google.com/file/u/0/d/${id}/edit`, drive],
  ['Google Drive', `https://drive.google.com/open?id=${id}`, drive],
  ['Google Drive', `https://drive.google.com/uc?id=${id}&export=view`, drive],
  ['Dropbox', 'https://www.dropbox.com/s/abc/mug.jpg?dl=0', 'https://www.dropbox.com/s/abc/mug.jpg?dl=1'],
  ['Dropbox', 'https://www.dropbox.com/s/abc/mug.jpg', 'https://www.dropbox.com/s/abc/mug.jpg?dl=1'],
  [
    'Dropbox',
    'https://www.dropbox.com/scl/fi/abc/mug.jpg?rlkey=k&dl=0',
    'https://www.dropbox.com/scl/fi/abc/mug.jpg?rlkey=k&dl=1',
  ],
  [
    'OneDrive',
    'https://1drv.ms/i/s!AkIj',
    'https://api.onedrive.com/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL2kvcyFBa0lq/root/content',
  ],
  [
    'OneDrive',
    'https://onedrive.live.com/redir?resid=1!2&authKey=3',
    'https://api.onedrive.com/v1.0/shares/u!aHR0cHM6Ly9vbmVkcml2ZS5saXZlLmNvbS9yZWRpcj9yZXNpZD0xITImYXV0aEtleT0z/root/content',
  ],
  [
    'SharePoint',
    'https://shop-my.sharepoint.com/:i:/g/personal/a_b/EaBc?e=x',
    'https://shop-my.sharepoint.com/:i:/g/personal/a_b/EaBc?e=x&download=1',
  ],
])('%s: %s becomes its download', (service, url, direct) => {
  expect(directUrl(url)).toEqual({ service, url: direct });
});

it.each([
  ['Google Drive', 'https://drive.google.com/drive/folders/abc'],
  ['Dropbox', 'https://www.dropbox.com/home/mug.jpg'],
  ['Dropbox', 'https://www.dropbox.com/s/abc/mug.jpg?raw=1'],
  ['OneDrive', 'https://onedrive.live.com/?id=A%21B&cid=A'],
  ['SharePoint', 'https://shop.sharepoint.com/sites/x/mug.jpg'],
])('%s: %s has no other address', (service, url) => {
  expect(directUrl(url)).toEqual({ service, url });
});

it.each([
  'https://shop.example/file/d/1aBcDeFgHiJk/view',
  'https://drive.google.com.evil.example/open?id=1aBcDeFgHiJk',
  'https://drive.google.com:8443/open?id=1aBcDeFgHiJk',
  'https://lh3.googleusercontent.com/d/1aBcDeFgHiJk',
  'https://dl.dropboxusercontent.com/s/abc/mug.jpg',
  's3://bucket/key',
  'no URL',
])('%s is not a share link', (url) => {
  expect(directUrl(url)).toBeNull();
});

it('names the confirmation of a large file on Drive', () => {
  const page = Buffer.from('<html><p>Google Drive can&#39;t scan this file for viruses.</p></html>');
  expect(sharePageMessage('Google Drive', page)).toContain('asks to confirm');
  expect(sharePageMessage('Google Drive', Buffer.from('<html>Sign in</html>'))).toContain('use the direct link');
  expect(sharePageMessage('Dropbox', page)).toContain('this is a share page; use the direct link');
});
