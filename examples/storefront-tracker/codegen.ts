import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "schema.graphql",
  documents: ["src/**/*.ts", "!src/gql/**"],
  generates: {
    "src/gql/": {
      preset: "client",
      presetConfig: {
        fragmentMasking: { unmaskFunctionName: "readFragment" },
        // Writes src/gql/persisted-documents.json: every document of the app by its sha256.
        persistedDocuments: { mode: "embedHashInDocument", hashAlgorithm: "sha256" },
      },
      config: {
        documentMode: "string",
        enumsAsTypes: true,
        useTypeImports: true,
        emitLegacyCommonJSImports: false,
        importExtension: ".js",
        // A scalar that is not named here stops the generator: none becomes `any` unseen.
        strictScalars: true,
        scalars: {
          // Exact decimals: a float would lose cents.
          Decimal: "string",
          DateTime: "string",
          Date: "string",
          Quantity: "number",
        },
      },
    },
  },
};

export default config;
