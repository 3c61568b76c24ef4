// Plug-ins of Swagger UI: https://swagger.io/docs/open-source-tools/swagger-ui/customization/plugin-api/

/** Paths and tags are no links within the buttons that open them. Opening still changes the address. */
export const withoutNestedLinks = () => ({
  wrapComponents: {
    DeepLink: (Original, { React }) => (properties) =>
      React.createElement(Original, { ...properties, enabled: false }),
  },
});

/** Play the audio that was received. Swagger UI would request it again, without method, body and key. */
export const playsReceivedAudio = () => ({
  wrapComponents: {
    responseBody: (Original, { React }) => {
      const Audio = ({ content }) => {
        const src = React.useMemo(() => URL.createObjectURL(content), [content]);
        React.useEffect(() => () => URL.revokeObjectURL(src), [src]);
        return React.createElement(
          "div",
          null,
          React.createElement("audio", { controls: true, src }),
          React.createElement("a", { href: src, download: "audio" }, "Download"),
        );
      };
      return (properties) => {
        const isAudio = properties.contentType?.startsWith("audio/") && properties.content instanceof Blob;
        return React.createElement(isAudio ? Audio : Original, properties);
      };
    },
  },
});

/** Fill in examples of XML as the document has them. Swagger UI would derive others from the schema. */
export const writtenXmlExamples = () => ({
  afterLoad() {
    const derived = this.fn.getSampleSchema;
    this.fn.getSampleSchema = (schema, mediaType = "", config = {}, example = undefined) =>
      typeof example === "string" && mediaType.includes("xml") ? example : derived(schema, mediaType, config, example);
  },
});
