// Ant Design tokens; the same colours as base.css.
import { theme, type ThemeConfig } from 'antd'

const FONT =
  '-apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "Noto Sans SC Variable", sans-serif'

const shared = {
  fontFamily: FONT,
  fontSize: 14,
  borderRadius: 6,
  borderRadiusLG: 8,
  controlHeight: 34,
  fontWeightStrong: 700,
  wireframe: false,
  motionDurationMid: '0.15s',
  motionDurationSlow: '0.2s',
}

const light = {
  colorPrimary: '#1456f0',
  colorPrimaryHover: '#0f44c4', // antd makes it lighter: white words on it would be too faint
  colorPrimaryActive: '#0b379e',
  colorInfo: '#1456f0',
  colorLink: '#1456f0',
  colorSuccess: '#237804',
  colorWarning: '#874d00',
  colorError: '#a8071a',
  colorText: '#1f2329',
  colorTextSecondary: '#646a73',
  colorTextTertiary: '#646a73',
  colorTextDescription: '#646a73',
  colorTextPlaceholder: '#6b717a',
  colorTextDisabled: '#8f959e',
  colorBgLayout: '#f5f6f7',
  colorBgContainer: '#ffffff',
  colorBgElevated: '#ffffff',
  colorBorder: '#8f959e',
  colorBorderSecondary: '#e5e6eb',
  colorSplit: '#e5e6eb',
  colorSuccessBg: '#f6ffed',
  colorWarningBg: '#fffbe6',
  colorErrorBg: '#fff1f0',
}

const dark = {
  colorPrimary: '#1668dc',
  colorPrimaryHover: '#1558bd',
  colorPrimaryActive: '#124b9f',
  colorInfo: '#1668dc',
  colorLink: '#6ba4f8',
  colorLinkHover: '#8fbaff',
  colorSuccess: '#95de64',
  colorWarning: '#ffd666',
  colorError: '#ff9c98',
  colorText: '#e8e8e8',
  colorTextSecondary: '#a8abb0',
  colorTextTertiary: '#a8abb0',
  colorTextDescription: '#a8abb0',
  colorTextPlaceholder: '#969aa0',
  colorTextDisabled: '#7d8187',
  colorBgLayout: '#141414',
  colorBgContainer: '#1f1f1f',
  colorBgElevated: '#262626',
  colorBorder: '#6b6f76',
  colorBorderSecondary: '#333437',
  colorSplit: '#333437',
  colorSuccessBg: '#17240f',
  colorWarningBg: '#2a2110',
  colorErrorBg: '#2b1616',
}

export type Look = 'light' | 'dark'

export function themeOf(look: Look, isCalm: boolean): ThemeConfig {
  const colours = look === 'dark' ? dark : light
  return {
    algorithm: look === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    cssVar: { key: 'plumbline' },
    token: { ...shared, ...colours, motion: !isCalm },
    components: {
      Table: {
        cellPaddingBlockSM: 7,
        cellPaddingInlineSM: 10,
        headerBg: look === 'dark' ? '#252628' : '#f7f8fa',
        headerColor: colours.colorTextSecondary,
        rowHoverBg: look === 'dark' ? '#2a2a2a' : '#f5f7fa',
      },
      Menu: {
        itemBorderRadius: 6,
        itemHeight: 36,
        activeBarBorderWidth: 0,
        itemSelectedBg: look === 'dark' ? '#15243d' : '#eaf0fe',
        itemSelectedColor: colours.colorLink,
      },
      Segmented: {
        trackBg: look === 'dark' ? '#2b2c2f' : '#eceef1',
        itemColor: colours.colorTextSecondary,
        itemSelectedColor: colours.colorText,
      },
      Tabs: {
        itemSelectedColor: colours.colorLink,
        itemHoverColor: colours.colorLink,
        itemActiveColor: colours.colorLink,
        inkBarColor: colours.colorLink,
      },
      Pagination: { colorPrimary: colours.colorLink },
      Button: {
        defaultHoverColor: colours.colorLink,
        defaultHoverBorderColor: colours.colorLink,
        defaultActiveColor: colours.colorLink,
        defaultActiveBorderColor: colours.colorLink,
        defaultBorderColor: look === 'dark' ? '#4a4d52' : '#d0d3d9',
        primaryShadow: 'none',
        defaultShadow: 'none',
        dangerShadow: 'none',
      },
    },
  }
}
