// Names a page by the path of its address, however a static host writes it: `/chat`, `/chat/` and `/chat.html` are one. Pure.

export const pagePath = (pathname: string): string =>
  pathname.replace(/\.html$/, '').replace(/\/index$|\/+$/, '') || '/';
