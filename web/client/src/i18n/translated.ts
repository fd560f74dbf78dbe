// English must have every key of the Chinese source, and may add `_one` forms for counts.
export type Translated<Source> = {
  [Key in keyof Source]: Source[Key] extends string ? string : Translated<Source[Key]>
} & { [Key in keyof Source as Source[Key] extends string ? `${Key & string}_one` : never]?: string }
