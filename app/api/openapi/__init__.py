"""The OpenAPI document: schemas, titles and examples, the document and its pages."""
