// Fetches Swagger UI, which the build has put beside the site, and gives the way to draw with it.

/** What is used of it. */
type SwaggerUi = (options: {
  url: string;
  domNode: HTMLElement;
  onComplete(): void;
  validatorUrl: null;
  deepLinking: boolean;
  docExpansion: 'list';
  defaultModelsExpandDepth: number;
  supportedSubmitMethods: readonly string[];
}) => unknown;

declare global {
  interface Window {
    SwaggerUIBundle?: SwaggerUi;
  }
}

const FOLDER = '/reference';
let loading: Promise<void> | undefined;

/** Rejects where a file of it cannot be had; who tries again then begins anew. */
export async function loadReference(): Promise<(place: HTMLElement, onShown: () => void) => void> {
  loading ??= Promise.all([addStyle(`${FOLDER}/swagger-ui.css`), addScript(`${FOLDER}/swagger-ui-bundle.js`)]).then(
    () => {},
    (cause) => {
      loading = undefined;
      throw cause;
    },
  );
  await loading;
  return (domNode, onComplete) =>
    window.SwaggerUIBundle!({
      ...{ url: '/openapi.json', domNode, onComplete, deepLinking: false, docExpansion: 'list' },
      // It would ask a server of its makers.
      validatorUrl: null,
      defaultModelsExpandDepth: -1,
      // Read here, try with a client: keys do not belong into a page of documents.
      supportedSubmitMethods: [],
    });
}

const addScript = (src: string): Promise<void> => add(Object.assign(document.createElement('script'), { src }));
const addStyle = (href: string): Promise<void> =>
  add(Object.assign(document.createElement('link'), { rel: 'stylesheet', href }));

const add = (element: HTMLElement): Promise<void> =>
  new Promise((resolve, reject) => {
    element.onload = () => resolve();
    element.onerror = () => reject(new Error('A file of the reference could not be loaded.'));
    document.head.append(element);
  });
