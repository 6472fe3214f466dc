declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  export default function SwaggerUI(options: { url: string; domNode: HTMLElement; deepLinking?: boolean }): void;
}
